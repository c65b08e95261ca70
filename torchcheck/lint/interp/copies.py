"""`copy.deepcopy`: a model that is copied is another model, with a mode of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.lint.interp.join import join
from torchcheck.lint.interp.modes import parts_of
from torchcheck.lint.interp.torch_values import Module, StateDict
from torchcheck.lint.interp.values import ITEMS, UNKNOWN, Choice, Instance, Mapping, Sequence, Symbol, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine


def deepcopy(m: Machine, name: str, site: CallSite) -> Value:
    given = site.arg(0, "x")
    copy = _copied(m, given, {}) if given is not None else UNKNOWN
    m.ownership.thawed.update(part.number for part in parts_of(copy))  # it follows the other, as a target does
    return copy


def _copied(m: Machine, value: Value, done: dict[int, Value]) -> Value:
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, Module | Instance):
        copy = replace(value, number=m.next_number(), cells={}, owner=None, name=None)
        done[id(value)] = copy
        for key, held in value.cells.items():
            copy.cells[key] = _held(m, held, done)
        _own_again(copy)
        return copy
    if isinstance(value, Sequence):
        return sequence(value.kind, [_copied(m, item, done) for item in value.items], value.open)
    if isinstance(value, Choice):
        return join([_copied(m, option, done) for option in value.options])
    if isinstance(value, Symbol):
        done[id(value)] = Symbol(value.name, dict(value.cells))
        return done[id(value)]
    holds_state = isinstance(value, Mapping) and any(isinstance(held, StateDict) for held in value.cells.values())
    return UNKNOWN if holds_state or isinstance(value, StateDict) else value


def _held(m: Machine, held: object, done: dict[int, Value]) -> object:
    if isinstance(held, dict):
        return {key: _copied(m, item, done) for key, item in held.items()}
    return _copied(m, held, done) if isinstance(held, Value) else held


def _own_again(copy: Module | Instance) -> None:
    """The parts of the copy belong to it."""
    parts = {**copy.cells, **copy.cells.get(ITEMS, {})}
    for key, part in parts.items():
        if isinstance(part, Module | Instance) and part.owner is None and isinstance(key, str):
            part.owner = (copy, key)

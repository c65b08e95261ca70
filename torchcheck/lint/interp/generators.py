"""Generators of parameters, and who uses them up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.generator import GeneratorSpent
from torchcheck.lint import ir
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import Parameters
from torchcheck.lint.interp.values import UNKNOWN, Const, Mapping, Sequence, Value
from torchcheck.lint.source import NodePlace
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_SPENT = "spent"


@frozen(eq=False)
class _Spent(Value):
    """Where a generator was used up."""

    place: NodePlace


def generator(m: Machine, owners: frozenset[int]) -> Parameters:
    """A new generator of parameters."""
    return Parameters(owners, {_SPENT: Const(None), "depth": Const(_depth(m))})


def gathered(values: Iterable[Value]) -> Value:
    """The parameters of several models in one list."""
    parts: list[Parameters] = []
    for value in values:
        if not isinstance(value, Parameters):
            return UNKNOWN
        parts.append(value)
    owners = frozenset[int]().union(*(part.owners for part in parts))
    return Parameters(owners, parts=tuple(inner for part in parts for inner in (part, *part.parts)))


def _depth(m: Machine) -> int:
    return sum(len(frame.leaps) for frame in m.frames)


def spend(m: Machine, value: Value | None, at: ir.Expr, expr: ir.Expr | None = None, use: str = "") -> None:
    """Iterate over whatever a value is to its end; `expr` is how it is written."""
    value = plain(value) if value is not None else None
    if isinstance(value, Sequence) and use:
        for item in value.items:
            if isinstance(item, Mapping):
                spend(m, item.cells.get("params"), at, None, use)
    if isinstance(value, Mapping) and use:
        spend(m, value.cells.get("params"), at, None, use)
    if not isinstance(value, Parameters) or _SPENT not in value.cells:
        return
    before = value.cells[_SPENT]
    deeper = Const(_depth(m)) != value.cells["depth"] and _depth(m) > value.cells["depth"].value
    name = spell(expr)
    if name and (isinstance(before, _Spent) or (deeper and before == Const(None))):
        first = before.place if isinstance(before, _Spent) else None
        where = m.place(at)
        m.facts.generators.append((where.file, GeneratorSpent(name=name, place=where, first=first, use=use)))
    if before == Const(None) or isinstance(before, _Spent):
        m.write(value.cells, _SPENT, _Spent(m.place(at)))


def give(m: Machine, value: Value) -> None:
    """Give a generator to something that is not followed: it may be used up since."""
    value = plain(value)
    if isinstance(value, Parameters) and _SPENT in value.cells:
        m.write(value.cells, _SPENT, UNKNOWN)


def used_by(func: ir.Expr) -> str:
    """The name of a callee, without where it is from."""
    return last_part(spell(func))

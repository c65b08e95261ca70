"""Calls that need not be interpreted again: same function, arguments as little known as before, nothing done."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from torchcheck.lint.interp.torch_values import Module, Tensor
from torchcheck.lint.interp.values import (
    Choice,
    Const,
    External,
    Function,
    Mapping,
    Sequence,
    Symbol,
    Unknown,
    Value,
    sequence,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_UNLIKE = object()
_MAX_ITEMS = 20


def call_key(m: Machine, function: Function, site: CallSite) -> Hashable | None:
    """What tells this call from others; None where a call may not be remembered."""
    where = (function.definition, function.bound, function.closure)
    parts: list[object] = [*where, site.open, m.grad_off > 0, m.modules_changed]
    for name, value in (*enumerate(site.args), *site.keywords.items()):
        key = _key(value)
        if key is _UNLIKE:
            return None
        parts.append((name, key))
    return tuple(parts)


def _key(value: Value) -> object:
    if isinstance(value, Unknown | Symbol):
        return "?"
    if isinstance(value, Tensor):
        where = (value.deps, value.leaf, value.by_hand, value.scaled, value.cut, value.lost, value.beneath)
        return (value.activation, value.applied, value.shape, value.width, *where)
    if isinstance(value, Const):
        return type(value.value), repr(value.value)
    if isinstance(value, Sequence) and len(value.items) <= _MAX_ITEMS:
        keys = [_key(item) for item in value.items]
        return _UNLIKE if any(key is _UNLIKE for key in keys) else (value.kind, value.open, *keys)
    if isinstance(value, Mapping | Sequence):
        return _UNLIKE
    return value.name if isinstance(value, External) else value


def is_plain(result: Value) -> bool:
    """Whether a result is the same whichever unknown values went in."""
    if isinstance(result, Sequence):
        return all(is_plain(item) for item in result.items)
    if isinstance(result, Choice):
        return all(is_plain(option) for option in result.options)
    return isinstance(result, Unknown | Tensor | Const | External | Module)


def recalled(result: Value) -> Value:
    """A remembered result; a list that the caller may change is a new one each time."""
    return sequence(result.kind, result.items, result.open) if isinstance(result, Sequence) else result

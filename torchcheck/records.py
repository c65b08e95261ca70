"""Data classes that are made fast: hundreds of them stand between a user and the first line that a command prints.

`dataclasses.dataclass` compiles five to eight methods for each class, and asks `inspect` for the signature of one
without a docstring. These compile one. What is frozen is so for the type checker; nothing guards it when it runs, which
makes instances in a third of the time, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        return lambda function: function


_C = TypeVar("_C", bound=type)


@overload
def record(kind: _C, /) -> _C: ...
@overload
def record(*, eq: bool = ..., kw_only: bool = ...) -> Callable[[_C], _C]: ...
@dataclass_transform(field_specifiers=(field,))
def record(kind: Any = None, /, *, eq: bool = True, kw_only: bool = False) -> Any:
    """A data class with slots whose attributes change.

    Args:
        eq: equal where all attributes are; else every instance is itself, and can be hashed.
        kw_only: made with keywords alone.
    """

    def made(kind: type) -> Any:
        return _made(kind, eq=eq, frozen=False, kw_only=kw_only)

    return made if kind is None else made(kind)


@overload
def frozen(kind: _C, /) -> _C: ...
@overload
def frozen(*, eq: bool = ..., kw_only: bool = ...) -> Callable[[_C], _C]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: Any = None, /, *, eq: bool = True, kw_only: bool = False) -> Any:
    """A data class with slots whose attributes stay what they are, so that it can be hashed.

    Args:
        eq: equal where all attributes are; else every instance is itself.
        kw_only: made with keywords alone.
    """

    def made(kind: type) -> Any:
        return _made(kind, eq=eq, frozen=True, kw_only=kw_only)

    return made if kind is None else made(kind)


def _made(kind: Any, *, eq: bool, frozen: bool, kw_only: bool) -> Any:
    if kind.__doc__ is None:
        kind.__doc__ = kind.__name__
    kind = dataclass(slots=True, eq=False, repr=False, match_args=False, kw_only=kw_only)(kind)
    if eq:
        _compare(kind)
        kind.__hash__ = _hash if frozen else None
    if kind.__repr__ is object.__repr__:
        kind.__repr__ = _shown
    return kind


def _compare(kind: Any) -> None:
    """Let instances be equal where the attributes are that are compared."""
    names = [one.name for one in fields(kind) if one.compare]
    kind.__compared__ = attrgetter(*names or ("__class__",))
    kind.__eq__ = _equal


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) == self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _shown(self: Any) -> str:
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__)
    return f"{type(self).__name__}({values})"

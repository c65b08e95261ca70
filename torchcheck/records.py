"""Data classes that are made fast: hundreds of them stand between a user and the first line that a command prints.

`dataclasses.dataclass` compiles five to eight methods for each class, and asks `inspect` for the signature of one
without a docstring. These compile two. What is frozen is so for the type checker; nothing guards it when it runs, which
makes instances in a third of the time, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
        return _made(kind, eq=eq, kw_only=kw_only)

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
        return _made(kind, eq=eq, unsafe_hash=eq, kw_only=kw_only)

    return made if kind is None else made(kind)


def _made(kind: Any, **options: bool) -> Any:
    if kind.__doc__ is None:
        kind.__doc__ = kind.__name__
    kind = dataclass(slots=True, repr=False, match_args=False, **options)(kind)
    if kind.__repr__ is object.__repr__:
        kind.__repr__ = _shown
    return kind


def _shown(self: Any) -> str:
    return (
        f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__dataclass_fields__)})"
    )

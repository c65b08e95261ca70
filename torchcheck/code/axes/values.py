"""What expressions stand for while shapes are followed: sizes, shapes, and things of which nothing is known."""

from __future__ import annotations

import itertools

from torchcheck.code.axes.shape import Shape
from torchcheck.code.axes.sizes import Size, Symbol
from torchcheck.records import frozen

_COUNT = itertools.count()


@frozen
class Sizes:
    """The shape of a tensor as a value, or the part of it from `start` on.

    Attributes:
        length: how many axes are left; None for all from `start` on.
    """

    shape: Shape
    start: int = 0
    length: int | None = None

    def axis(self, index: int) -> Size | None:
        if index >= 0:
            return self.shape.axis(self.start + index) if self.length is None or index < self.length else None
        if self.length is None:
            return self.shape.axis(index)
        return self.shape.axis(self.start + self.length + index)

    def every(self) -> list[Size] | None:
        """All of them; None where it is not known how many there are."""
        if self.length is not None:
            found = [self.axis(index) for index in range(self.length)]
            return None if None in found else [size for size in found if size is not None]
        axes = self.shape.axes
        return axes[self.start :] if axes is not None else None


class Thing:
    """A tensor, a number, or anything else: what it is shows when it is used.

    Attributes:
        text: as the user wrote it.
        shape: of the tensor that it may be.
        size: the number that it may be.
    """

    def __init__(self, text: str, shape: Shape | None = None, size: Size | None = None) -> None:
        self.text = text
        self.shape = shape or Shape(text)
        self.size = size or Size.of(Symbol(("thing", next(_COUNT)), text))


Value = Thing | Size | Sizes | tuple["Value", ...]


def size_of(value: Value | None) -> Size | None:
    """A value as a number."""
    if isinstance(value, Thing):
        return value.size
    return value if isinstance(value, Size) else None


def number_of(value: Value | None) -> int | None:
    """A value as a literal whole number."""
    if not isinstance(value, Size) or value.powers or value.number.denominator != 1:
        return None
    return int(value.number)

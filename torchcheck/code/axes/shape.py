"""The shape of one tensor, as far as it is known."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from torchcheck.code.axes.sizes import Size, Symbol

_COUNT = itertools.count()
_MOST = 12  # axes


class Shape:
    """The axes of one tensor. How many there are may never be told; what is asked for gets a symbol.

    Args:
        text: what the user calls the tensor.
        axes: every axis, where they are known.
        like: a tensor with the same axes but for the last.
        last: the last axis, where the others are not all known.

    Attributes:
        is_disputed: the code takes it to have now so many axes, now another number.
    """

    def __init__(
        self, text: str, axes: Sequence[Size] | None = None, *, like: Shape | None = None, last: Size | None = None
    ) -> None:
        self.text = text
        self._number = next(_COUNT)
        self._like = like
        self._asked: dict[int, Size] = {}
        self.is_disputed = False
        self._axes = list(axes) if axes is not None else None
        if last is not None:
            self._asked[-1] = last

    @property
    def axes(self) -> list[Size] | None:
        """Every axis; None where it is not known how many there are."""
        if self._axes is None and self._like is not None and self._like.axes is not None:
            self._axes = [*self._like.axes[:-1], self._asked.get(-1) or self._made(len(self._like.axes) - 1)]
        return self._axes

    def axis(self, index: int) -> Size | None:
        """One axis; None where there is no such axis."""
        if self.axes is not None:
            return self.axes[index] if -len(self.axes) <= index < len(self.axes) else None
        if abs(index) > _MOST:
            return None
        if index not in self._asked:
            inherited = self._like.axis(index) if self._like is not None and index != -1 else None
            self._asked[index] = inherited or self._made(index)
        return self._asked[index]

    @property
    def asked(self) -> list[int]:
        """The axes that somebody asked for, of this tensor or of the one that it is like."""
        inherited = [index for index in self._like.asked if index != -1] if self._like is not None else []
        return sorted({*self._asked, *inherited})

    def count(self, axes: int, names: Sequence[str | None] = ()) -> None:
        """Take note that there are so many axes, and what the user calls them."""
        self.is_disputed |= self.axes is not None and len(self.axes) != axes
        if self.axes is not None or axes > _MOST:
            return
        found = []
        for index in range(axes):
            known = self._asked.get(index) or self._asked.get(index - axes)
            if known is None and self._like is not None and index != axes - 1:
                known = self._like.axis(index)
            found.append(known or self._made(index, names[index] if index < len(names) else None))
        self._axes = found

    def name(self, index: int, name: str) -> Size | None:
        """The axis at an index, which the user gives a name."""
        if self.axes is None and index not in self._asked and not (self._like is not None and index != -1):
            self._asked[index] = self._made(index, name)
        return self.axis(index)

    def _made(self, index: int, name: str | None = None) -> Size:
        ignored = name is not None and not name.strip("_")
        return Size.of(Symbol((self._number, index), name or f"{self.text}.size({index})", may_be_one=ignored))

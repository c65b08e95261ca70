"""The shape of a part of a tensor."""

from __future__ import annotations

from collections.abc import Sequence

from torchcheck.code.axes.shape import Shape
from torchcheck.code.axes.sizes import Size, Symbol
from torchcheck.code.axes.values import Value, number_of


def sliced(shape: Shape, items: Sequence[Value | slice | None], text: str) -> Shape | None:
    """The shape of `tensor[items]`; None where it isn't known. A None among the items adds an axis."""
    axes = list(shape.axes or ())
    found: list[Size] = []
    for item in items:
        if item is None:
            found.append(Size())
            continue
        if not axes:
            return None
        size = axes.pop(0)
        if isinstance(item, slice):
            kept = _part(size, item)
            if kept is None:
                return None
            found.append(kept)
        elif number_of(item) is None:  # it may be a mask, or indices
            return None
    return Shape(text, [*found, *axes])


def _part(size: Size, item: slice) -> Size | None:
    """What a slice keeps of an axis. How much an upper end leaves is not known."""
    first = number_of(item.start) if item.start is not None else 0
    if item.stop is not None or item.step is not None or first is None:
        return None
    return size if first == 0 else Size.of(Symbol(("part", size, first), f"{size.text} - {first}"))

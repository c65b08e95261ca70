"""Whether a reshape keeps its axes, or cuts the numbers at places where no axis begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchcheck.code.axes.reshapes import Reshape
from torchcheck.code.axes.sizes import Size, Symbol, product


def is_mixed(reshape: Reshape) -> bool:
    """Whether an axis is surely not kept that the reshape claims to keep; False where that isn't known.

    An axis is kept where as many numbers stand before it, or behind it, as did before. Moved is one with surely more
    of them on one side than there were, and one that has passed another.
    """
    before, after = list(reshape.before), list(reshape.after)
    if reshape.is_whole:
        before, after = _consistent(before, after)
    pairs = list(_pairs(before, after))
    if not reshape.is_whole and [there for _, there in pairs] != sorted(there for _, there in pairs):
        return True
    return any(_is_moved(reshape, before, after, *pair) for pair in pairs) or _splits_last(reshape)


def _is_moved(reshape: Reshape, before: Sequence[Size], after: Sequence[Size | None], here: int, there: int) -> bool:
    ahead = _ratio(after[:there], before[:here])
    behind = _ratio(after[there + 1 :], before[here + 1 :]) if reshape.is_whole else None
    if _is_one(ahead) or _is_one(behind) or _straddles(reshape, before, after, here, there):
        return False
    return _grows(ahead) or _grows(behind)


def _pairs(before: Sequence[Size], after: Sequence[Size | None]) -> Iterator[tuple[int, int]]:
    """The axes that stand whole on both sides, by their indices; no numbers, and none that occur twice."""
    every = [symbol for other in after if other is not None for symbol in other.symbols]
    for here, size in enumerate(before):
        if size.may_be_one or not size.symbols or list(before).count(size) != 1 or list(after).count(size) != 1:
            continue
        if all(every.count(symbol) == 1 for symbol in size.symbols):
            yield here, list(after).index(size)


def _ratio(after: Sequence[Size | None], before: Sequence[Size]) -> Size | None:
    if None in after:
        return None
    return product(size for size in after if size is not None) / product(before)


def _is_one(ratio: Size | None) -> bool:
    return ratio is not None and ratio.is_one


def _grows(ratio: Size | None) -> bool:
    return ratio is not None and ratio.is_more_than_one


def _straddles(reshape: Reshape, before: Sequence[Size], after: Sequence[Size | None], here: int, there: int) -> bool:
    """Whether `-1` holds axes from both sides of the kept one: one side may be of size 1, and nothing is moved."""
    rest = after[reshape.rest] if reshape.rest is not None else None
    if rest is None or reshape.rest == there:
        return False
    left = frozenset[Symbol]().union(*(size.symbols for size in before[:here]))
    right = frozenset[Symbol]().union(*(size.symbols for size in before[here + 1 :]))
    return not left.isdisjoint(rest.symbols) and not right.isdisjoint(rest.symbols)


def _consistent(before: list[Size], after: list[Size | None]) -> tuple[list[Size], list[Size | None]]:
    """Both sides with what follows from their equal numbers of entries: which axes are 1, which names mean the same."""
    whole = _ratio(after, before)
    if whole is None or whole.is_one:
        return before, after
    values: dict[Symbol, Size] = {}
    above = [symbol for symbol, power in whole.powers if power > 0]
    below = [symbol for symbol, power in whole.powers if power < 0]
    if whole.number == 1 and not (above and below):
        values = {symbol: Size() for symbol in whole.symbols}
    elif whole.number == 1 and len(whole.powers) == 2 and all(abs(power) == 1 for _, power in whole.powers):
        values = {above[0]: Size.of(below[0])}
    elif not whole.powers:
        return [], []
    return [one.replaced(values) for one in before], [one.replaced(values) if one else None for one in after]


def _splits_last(reshape: Reshape) -> bool:
    """`(…, heads * width)` cut into `(batch, heads, -1, width)`: the heads take what belongs to other positions."""
    if reshape.is_whole or not reshape.tail or reshape.rest != 2:
        return False
    heads, behind = reshape.after[1], _ratio(reshape.after[3:], [])
    if behind is None or heads is None or not (behind.powers and heads.powers):
        return False
    return (heads * behind / reshape.tail[-1]).is_one

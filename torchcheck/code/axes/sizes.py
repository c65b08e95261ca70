"""Sizes of axes: whole numbers and products of symbols."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction

from torchcheck.records import frozen


@frozen
class Symbol:
    """A size that is not known as a number.

    Attributes:
        key: two symbols of one key stand for the same number.
        text: as the user calls it.
        may_be_one: nothing says that it is more than 1.
    """

    key: Hashable
    text: str = field(compare=False)
    may_be_one: bool = field(default=False, compare=False)


@frozen
class Size:
    """A number times powers of symbols: `h * w`, `c // 2`. Divisions count as exact, as sizes of axes do divide."""

    number: Fraction = Fraction(1)
    powers: frozenset[tuple[Symbol, int]] = frozenset()

    @classmethod
    def of(cls, value: int | Symbol) -> Size:
        return cls(Fraction(value)) if isinstance(value, int) else cls(powers=frozenset({(value, 1)}))

    def __mul__(self, other: Size) -> Size:
        return _made(self.number * other.number, (*self.powers, *other.powers))

    def __truediv__(self, other: Size) -> Size:
        inverse = [(symbol, -power) for symbol, power in other.powers]
        return _made(self.number / other.number, (*self.powers, *inverse))

    @property
    def is_plain(self) -> bool:
        """Whether it is one thing by itself: `height`, and neither `height * height` nor `2 * height`."""
        return self.number == 1 and [power for _, power in self.powers] == [1]

    @property
    def is_one(self) -> bool:
        return self.number == 1 and not self.powers

    @property
    def symbols(self) -> frozenset[Symbol]:
        return frozenset(symbol for symbol, _ in self.powers)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is divided in it."""
        return self.number.denominator == 1 and self.number > 0 and all(power > 0 for _, power in self.powers)

    @property
    def may_be_one(self) -> bool:
        """Whether nothing says that it is more than 1: `w // 2` counts as more."""
        return self.number == 1 and all(symbol.may_be_one for symbol, _ in self.powers)

    @property
    def is_more_than_one(self) -> bool:
        """Whether it is a whole multiple of something that is no 1."""
        return self.is_whole and not self.may_be_one

    def replaced(self, values: Mapping[Symbol, Size]) -> Size:
        """With other sizes in the place of symbols."""
        if values.keys().isdisjoint(self.symbols):
            return self
        whole = Size(self.number)
        for symbol, power in self.powers:
            value = values.get(symbol, Size.of(symbol))
            for _ in range(abs(power)):
                whole = whole * value if power > 0 else whole / value
        return whole

    @property
    def text(self) -> str:
        """As in `2 * h * w`."""
        above = [str(self.number.numerator)] if self.number.numerator != 1 else []
        for symbol, power in sorted(self.powers, key=lambda one: one[0].text):
            above += [symbol.text] * max(power, 0)
        below = [s.text for s, power in sorted(self.powers, key=lambda one: one[0].text) for _ in range(-power)]
        below += [str(self.number.denominator)] if self.number.denominator != 1 else []
        return " // ".join([" * ".join(above) or "1", *below])


def product(sizes: Iterable[Size]) -> Size:
    whole = Size()
    for size in sizes:
        whole = whole * size
    return whole


def completed(before: Sequence[Size] | None, after: Sequence[Size | None]) -> list[Size | None]:
    """The axes after a reshape, with what `-1` (None) stands for where the axes before tell."""
    if before is None or list(after).count(None) != 1:
        return list(after)
    rest = product(before) / product(size for size in after if size is not None)
    given = frozenset[Symbol]().union(*(size.symbols for size in before))
    known = rest in before or (rest.is_whole and rest.symbols <= given)
    return [rest if size is None and known else size for size in after]


def _made(number: Fraction, powers: Iterable[tuple[Symbol, int]]) -> Size:
    sums: dict[Symbol, int] = {}
    for symbol, power in powers:
        sums[symbol] = sums.get(symbol, 0) + power
    return Size(number, frozenset((symbol, power) for symbol, power in sums.items() if power))

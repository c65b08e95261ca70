"""Does a series rise or fall? Mann and Kendall's test, with the correction of Hamed and Rao, and the slope of Theil
and Sen.

The test counts pairs in order, so that no shape of the curve and no kind of noise is assumed. Values that resemble
their neighbours make chance trends likelier; the correction widens the variance by as much (Hamed and Rao, Journal of
Hydrology 204, 1998). Up to ten values without ties the distribution is exact.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist, median

from torchcheck.records import frozen

_EXACT = 10


@frozen
class Trend:
    """What the test says.

    Attributes:
        tau: Kendall's: from -1, falling throughout, to 1.
        p: chance that a series without a trend goes as far, to either side.
        change: from the first value to the last along the slope, the median of all slopes of pairs.
        low, high: 95 % confidence interval of the change.
    """

    tau: float
    p: float
    change: float
    low: float
    high: float

    def rises(self, p: float) -> bool:
        """Whether it rises, where rising by chance would be rarer than `p`."""
        return self.tau > 0 and self.p / 2 < p

    def falls(self, p: float) -> bool:
        """Whether it falls, by the same measure."""
        return self.tau < 0 and self.p / 2 < p


def trend(values: Sequence[float]) -> Trend:
    """The trend of some dozens of values; more are reduced to blocks before."""
    n = len(values)
    if n < 3:
        return Trend(0.0, 1.0, 0.0, -math.inf, math.inf)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    signs = [(values[j] > values[i]) - (values[j] < values[i]) for i, j in pairs]
    score = sum(signs)
    slopes = sorted((values[j] - values[i]) / (j - i) for i, j in pairs)
    slope = median(slopes)
    ties = Counter(values)
    exact = n <= _EXACT and len(ties) == n
    variance = _variance(n, ties) * _widening([value - slope * i for i, value in enumerate(values)])
    p = _exact_p(n, abs(score)) if exact else _normal_p(score, variance)
    reach = 1.96 * math.sqrt(variance) / 2
    middle, last = len(slopes) / 2, len(slopes) - 1
    low, high = slopes[max(0, math.floor(middle - reach))], slopes[min(last, math.ceil(middle + reach))]
    return Trend(score / len(pairs), p, slope * (n - 1), low * (n - 1), high * (n - 1))


def _variance(n: int, ties: Counter[float]) -> float:
    tied = sum(count * (count - 1) * (2 * count + 5) for count in ties.values())
    return max((n * (n - 1) * (2 * n + 5) - tied) / 18, 1e-9)


def _normal_p(score: int, variance: float) -> float:
    z = max(0, abs(score) - 1) / math.sqrt(variance)
    return 2 * NormalDist().cdf(-z)


def _exact_p(n: int, score: int) -> float:
    """Chance of a score of this size or more, of either sign, among all orders of `n` values."""
    counts = _orders(n)
    pairs = n * (n - 1) // 2
    far = sum(count for inversions, count in enumerate(counts) if abs(pairs - 2 * inversions) >= score)
    return far / sum(counts)


@lru_cache(maxsize=_EXACT)
def _orders(n: int) -> tuple[int, ...]:
    """How many orders of `n` values have so many pairs out of order, by that number."""
    counts = [1]
    for size in range(2, n + 1):
        grown = [0] * (len(counts) + size - 1)
        for shift in range(size):
            for inversions, count in enumerate(counts):
                grown[inversions + shift] += count
        counts = grown
    return tuple(counts)


def _widening(rest: Sequence[float]) -> float:
    """By how much the variance grows because neighbours are alike; never below 1."""
    n = len(rest)
    if n < _EXACT or max(rest) - min(rest) <= 1e-9 * max(map(abs, rest)):
        return 1.0
    ranks = _ranks(rest)
    total = 0.0
    for lag in range(1, n // 3 + 1):
        r = _alike(ranks, lag)
        if r <= 0:
            break  # what lies behind the first lag without a likeness is noise
        total += (n - lag) * (n - lag - 1) * (n - lag - 2) * r
    return 1 + 2 * total / (n * (n - 1) * (n - 2))


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value; equal ones share the mean of theirs."""
    ordered = sorted(values)
    counts = Counter(values)
    first = {value: ordered.index(value) for value in counts}
    return [first[value] + (counts[value] - 1) / 2 for value in values]


def _alike(values: Sequence[float], lag: int) -> float:
    """Correlation of the values with those `lag` later."""
    mean = sum(values) / len(values)
    spread = sum((value - mean) ** 2 for value in values)
    if not spread:
        return 0.0
    return sum((a - mean) * (b - mean) for a, b in zip(values, values[lag:], strict=False)) / spread

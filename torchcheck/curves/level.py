"""How high a curve runs, and how much it scatters there: medians, so that a spike moves nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

_NORMAL = 1.4826
"""Median absolute deviation to standard deviation, for normal noise."""


def blocks(values: Sequence[float], most: int = 40) -> list[float]:
    """The values as the medians of at most `most` stretches of equal length, in order.

    Neighbouring losses of a training are alike; medians of long stretches are nearly independent.
    """
    count = min(most, len(values))
    edges = [round(i * len(values) / count) for i in range(count + 1)] if count else []
    return [median(values[start:end]) for start, end in pairwise(edges)]


def smooth(values: Sequence[float]) -> list[float]:
    """Running median of three; the ends are medians of two, which are means."""
    return [median(values[max(0, i - 1) : i + 2]) for i in range(len(values))]


def scatter(values: Sequence[float]) -> float:
    """Standard deviation of the noise around a smooth curve.

    From second differences, in which any straight line cancels (their deviation is the noise times the root of 6), by
    their median size, so that jumps count for nothing.
    """
    if len(values) < 3:
        return 0.0
    bends = [abs(a - 2 * b + c) for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return _NORMAL * median(bends) / math.sqrt(6)


def start_of(values: Sequence[float]) -> float:
    """The level at which a curve starts: the median of its first twentieth, three values at least."""
    return median(values[: max(3, len(values) // 20)])


def end_of(values: Sequence[float]) -> float:
    """The level at which a curve ends: the median of its last tenth, three values at least."""
    return median(values[-max(3, len(values) // 10) :])


def between(steps: Sequence[float], values: Sequence[float], low: float, high: float) -> list[float]:
    """The values whose steps lie in `low < step <= high`."""
    return [value for step, value in zip(steps, values, strict=True) if low < step <= high]

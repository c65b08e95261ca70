"""Fewer points of a curve that look the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from torchcheck.records import frozen

MOST_POINTS = 1000
"""Points of one curve in a page."""


@frozen
class Line:
    """What is drawn of a series.

    Attributes:
        steps, values: finite numbers; None where the line is interrupted.
        broken: steps at which the value was no number, the first ones of many.
    """

    steps: list[float]
    values: list[float | None]
    broken: list[float]


def line(
    steps: Sequence[float], values: Sequence[float], most: int = MOST_POINTS, *, cuts: Sequence[float] = ()
) -> Line:
    """A series in at most so many points, and some more where it is interrupted.

    Of each stretch of a long one stand the first, the least, the greatest and the last value, so that no spike is lost.
    At `cuts` the line is interrupted, too.
    """
    drawn = Line([], [], [])
    parts = _parts(steps, values, drawn.broken, cuts)
    total = sum(len(part) for part in parts)
    for part in parts[:most]:
        if drawn.steps:
            drawn.steps.append(part[0][0])
            drawn.values.append(None)
        for step, value in _thinned(part, max(most * len(part) // max(total, 1), 4)):
            drawn.steps.append(step)
            drawn.values.append(value)
    del drawn.broken[most:]
    return drawn


def _parts(
    steps: Sequence[float], values: Sequence[float], broken: list[float], cuts: Sequence[float]
) -> list[list[tuple[float, float]]]:
    """The stretches of finite numbers."""
    left = sorted(cuts, reverse=True)
    parts: list[list[tuple[float, float]]] = []
    is_open = False
    for step, value in zip(steps, values, strict=True):
        while left and step >= left[-1]:
            left.pop()
            is_open = False
        if not math.isfinite(value):
            broken.append(step)
            is_open = False
        elif is_open:
            parts[-1].append((step, value))
        else:
            parts.append([(step, value)])
            is_open = True
    return parts


def _thinned(points: Sequence[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    if len(points) <= most:
        return list(points)
    count = max(most // 4, 1)
    kept: list[tuple[float, float]] = []
    for index in range(count):
        start, end = index * len(points) // count, (index + 1) * len(points) // count
        stretch = range(start, end)
        low, high = (choose(stretch, key=lambda i: points[i][1]) for choose in (min, max))
        kept += [points[i] for i in sorted({start, low, high, end - 1})]
    return kept


def medians(
    steps: Sequence[float], values: Sequence[float], most: int = 120, *, cuts: Sequence[float] = ()
) -> tuple[list[float], list[float | None]]:
    """A calm line through a noisy series: the medians of stretches, each at the middle of its steps."""
    parts = _parts(steps, values, [], cuts)
    total = sum(len(part) for part in parts)
    found: tuple[list[float], list[float | None]] = [], []
    for part in parts[:most]:
        if found[0]:
            found[0].append(part[0][0])
            found[1].append(None)
        count = min(len(part), max(most * len(part) // max(total, 1), 1))
        for index in range(count):
            stretch = part[index * len(part) // count : (index + 1) * len(part) // count]
            found[0].append((stretch[0][0] + stretch[-1][0]) / 2)
            found[1].append(median(value for _, value in stretch))
    return found

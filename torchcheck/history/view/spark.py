"""A series as a line of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torchcheck.history.run import Series
from torchcheck.report.bars import bar


def spark(series: Series, width: int, *, until: int, low: float, high: float) -> str:
    """The values between two bounds, over the steps up to one: the mean of what falls into each column.

    A column into which nothing falls repeats the one before; `x` stands for values that are no numbers. The scale is
    logarithmic where the bounds span more than two powers of ten.
    """
    columns: list[list[float]] = [[] for _ in range(width)]
    for step, value in zip(series.steps, series.values, strict=True):
        columns[min(int(step * width / max(until, 1)), width - 1)].append(value)
    filled = max((index for index, values in enumerate(columns) if values), default=-1)
    text = ""
    for values in columns[: filled + 1]:
        text += _bar(values, low, high) if values else text[-1:] or " "
    return f"{text:<{width}}"


def bounds(many: Sequence[Series]) -> tuple[float, float] | None:
    """The smallest and the largest number in some series; None where there are none."""
    finite = [value for series in many for value in series.values if math.isfinite(value)]
    return (min(finite), max(finite)) if finite else None


def _bar(values: Sequence[float], low: float, high: float) -> str:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return "x"
    return bar(sum(finite) / len(finite), low, high)

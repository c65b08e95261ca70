"""A curve in some lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from torchcheck.curves.level import blocks, end_of, scatter
from torchcheck.curves.say import at, number
from torchcheck.curves.share import standard_error
from torchcheck.curves.trend import trend
from torchcheck.facts.curve import Curve, Series
from torchcheck.report.bars import bar

_WIDTH = 24


def picture(curve: Curve) -> list[str]:
    """A line for each series: a small graph, where it starts and ends, its best, its trend and its noise."""
    rows = list(_rows(curve))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    return [f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}" for row in rows]


def spark(values: list[float]) -> str:
    """The values as bars."""
    low, high = min(values), max(values)
    return "".join(bar(value, low, high) for value in values)


def _rows(curve: Curve) -> Iterator[tuple[str, str, str]]:
    for series in (curve.training, curve.validation):
        if series is not None:
            yield series.name, spark(blocks(series.values, _WIDTH)), told(series, curve, min(series.values))
    if curve.metric is not None:
        interval = _interval(curve) if curve.samples else ""
        words = told(curve.metric, curve, max(curve.metric.values)) + interval
        yield curve.metric.name, spark(blocks(curve.metric.values, _WIDTH)), words


def told(series: Series, curve: Curve, best: float) -> str:
    values = series.values
    if len(values) < 4:
        return f"{number(values[0])} -> {number(values[-1])}, {len(values)} value{'s' if len(values) > 1 else ''}"
    where = at(series.steps[list(values).index(best)], curve)
    return (
        f"{number(values[0])} -> {number(values[-1])}, best {number(best)} at {where}, "
        f"noise ±{scatter(values):.2g}, {_direction(series)}"
    )


def _direction(series: Series) -> str:
    """What the second half does."""
    tail = trend(blocks(series.values[len(series.values) // 2 :]))
    if tail.p > 0.05:
        return "no trend in the second half"
    verb = "rises" if tail.tau > 0 else "falls"
    return f"{verb} in the second half (p {'< 0.001' if tail.p < 0.001 else f'= {tail.p:.2g}'})"


def _interval(curve: Curve) -> str:
    assert curve.metric is not None
    assert curve.samples is not None
    reach = 1.96 * standard_error(end_of(curve.metric.values), curve.samples)
    return f", ±{reach:.2g} on {curve.samples} samples (95 %)"

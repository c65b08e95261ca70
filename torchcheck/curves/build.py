"""The curve that a log holds."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from itertools import pairwise

from torchcheck.curves.columns import Roles, is_epoch
from torchcheck.curves.table import Column, Table
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Position, Span


def build(table: Table, roles: Roles, *, samples: int | None = None, chance: float | None = None) -> Curve:
    """The columns of these roles as a curve.

    Args:
        table: the log.
        roles: which column is what.
        samples: how many samples a validation looks at.
        chance: the loss of guessing.
    """
    axis = _Axis(table, roles)
    training, ended = _training(table, roles, axis)
    validation = _series(table, roles.validation, axis)
    return Curve(
        training=training,
        validation=validation,
        metric=_as_parts(_series(table, roles.metric, axis)),
        rates=_series(table, roles.rates, axis),
        unit=axis.unit,
        samples=samples if roles.is_accuracy else None,
        averaged=_is_averaged(training, validation, axis),
        chance=chance,
        ended_at=ended,
    )


class _Axis:
    """The time of each row: steps, epochs where each row is another one, or the row itself.

    Where the count falls back, a training was resumed: what it repeats replaces what was there.
    """

    def __init__(self, table: Table, roles: Roles) -> None:
        column = table.columns.get(roles.time) if roles.time else None
        finite = column is not None and column.is_finite and all(map(math.isfinite, column.values))
        self._column = column if finite and column is not None and not _stands(column, table, roles) else None
        self.unit = "row" if self._column is None else "epoch" if is_epoch(roles.time) else "step"

        self._times = _filled(self._column, table.rows) if self._column is not None else None

    def at(self, row: int) -> float:
        """The time of a row; of the last row before it that says one."""
        return float(row + 1) if self._times is None else self._times[row]


def _filled(column: Column, rows: int) -> array[float]:
    """A value for each row: its own, or that of the last row before it that has one; of the first, before all."""
    filled = array("d", [column.values[0]]) * rows
    for (row, value), end in zip(zip(column.rows, column.values, strict=True), [*column.rows[1:], rows], strict=True):
        if end == row + 1:
            filled[row] = value
        else:
            filled[row:end] = array("d", [value]) * (end - row)
    return filled


def _stands(time: Column, table: Table, roles: Roles) -> bool:
    """Whether several training losses share one time, as where each step of an epoch has a row."""
    training = table.columns.get(roles.training) if roles.training else None
    if training is None or not is_epoch(time.name):
        return False
    kept = set(training.rows)
    times = [value for row, value in zip(time.rows, time.values, strict=True) if row in kept]
    return len(set(times)) < 0.7 * len(times)


def _training(table: Table, roles: Roles, axis: _Axis) -> tuple[Series | None, float | None]:
    """The training loss, and from when on it is no number."""
    series = _series(table, roles.training, axis)
    column = table.columns.get(roles.training) if roles.training else None
    if column is None or not len(column.values) or math.isfinite(column.values[-1]):
        return series, None
    tail = len(column.values)
    while tail and not math.isfinite(column.values[tail - 1]):
        tail -= 1
    return series, axis.at(column.rows[tail])


def _series(table: Table, name: str | None, axis: _Axis) -> Series | None:
    column = table.columns.get(name) if name else None
    if column is None or name is None:
        return None
    steps: list[float] = []
    values: list[float] = []
    last = 0
    newest = -math.inf
    for row, value in zip(column.rows, column.values, strict=True):
        if not math.isfinite(value):
            continue
        step = axis.at(row)
        if newest > step:
            kept = bisect_left(steps, step)
            del steps[kept:], values[kept:]
        steps.append(step)
        values.append(value)
        newest, last = step, row
    if not values:
        return None
    at = Position(table.line(last), 1)
    return Series(name=name, steps=steps, values=values, place=Span(table.path, at, at))


def _as_parts(series: Series | None) -> Series | None:
    """A score in percent as parts of 1; None for one that is neither."""
    if series is None or min(series.values) < 0 or max(series.values) > 100:
        return None
    if max(series.values) <= 1:
        return series
    parts = [value / 100 for value in series.values]
    return Series(name=series.name, steps=series.steps, values=parts, place=series.place)


def _is_averaged(training: Series | None, validation: Series | None, axis: _Axis) -> bool:
    """Whether each training loss stands for an epoch: there is one beside each evaluation."""
    if training is None or validation is None or axis.unit == "step":
        return False
    alike = abs(len(training.values) - len(validation.values)) <= 1
    return alike and all(b > a for a, b in pairwise(training.steps))

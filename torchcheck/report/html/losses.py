"""The losses of a run, step by step, from all that was kept of them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torchcheck.facts.curve import Curve
from torchcheck.history.run import Process, Series


def losses(process: Process) -> dict[str, Series]:
    """By name: the loss of every step where a training was seen to its end, else that of sampled steps.

    A loss that is no number stands in samples alone, which are kept beside.
    """
    told = dict(process.losses)
    for name, series in _of_trainings(process).items():
        told[name] = _merged(series, told.get(name))
    return told


def trainings(process: Process) -> list[Curve]:
    """The curves of a run, one a training: it may have several evaluations."""
    found: dict[tuple[str, float], Curve] = {}
    for curve in process.curves:
        if curve.training is not None:
            found.setdefault((curve.training.name, curve.training.steps[0]), curve)
    return list(found.values())


def evaluations(process: Process, of: str) -> dict[str, Series]:
    """The validation losses (`validation`) or scores (`metric`) by name, one after another."""
    told: dict[str, Series] = {}
    for curve in process.curves:
        series = getattr(curve, of)
        if series is not None:
            joined = told.setdefault(series.name, Series())
            _gap(joined, int(series.steps[0]))
            for step, value in zip(series.steps, series.values, strict=True):
                joined.add(int(step), value)
    return told


def starts(process: Process) -> list[float]:
    """The steps at which a second, third... training begins."""
    return sorted(curve.training.steps[0] for curve in trainings(process) if curve.training is not None)[1:]


def _of_trainings(process: Process) -> Mapping[str, list[Curve]]:
    told: dict[str, list[Curve]] = {}
    for curve in trainings(process):
        if curve.training is not None:
            told.setdefault(curve.training.name, []).append(curve)
    return told


def _merged(curves: list[Curve], sampled: Series | None) -> Series:
    """The values of all trainings, and sampled ones where there are none or where they are no numbers."""
    points: list[tuple[int, float]] = []
    ranges: list[tuple[float, float]] = []
    for curve in curves:
        if curve.training is not None:
            points += [(int(s), v) for s, v in zip(curve.training.steps, curve.training.values, strict=True)]
            ranges.append((curve.training.steps[0] - 1, curve.training.steps[-1]))
    if sampled is not None:
        points += [
            (step, value)
            for step, value in zip(sampled.steps, sampled.values, strict=True)
            if not math.isfinite(value) or not any(low <= step <= high for low, high in ranges)
        ]
    merged = Series()
    for step, value in sorted(points, key=lambda point: point[0]):
        merged.add(step, value)
    return merged


def _gap(series: Series, step: int) -> None:
    """Let the line be interrupted where another training begins."""
    if series.steps:
        series.add(step, math.nan)

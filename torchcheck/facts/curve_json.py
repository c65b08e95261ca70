"""Learning curves as JSON types, as a history of runs keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Position, Span

_SERIES = ("training", "validation", "metric", "rates")
_PLAIN = ("unit", "samples", "comparable", "averaged", "chance", "ended_at", "live")


def curve_to_json(curve: Curve) -> dict[str, Any]:
    """A curve as JSON types, its numbers with six digits: a rule says of it what it says of the original."""
    data = {name: _series_to_json(getattr(curve, name)) for name in _SERIES}
    regularised = None if curve.regularised is None else list(curve.regularised)
    return {**data, **{name: getattr(curve, name) for name in _PLAIN}, "regularised": regularised}


def curve_from_json(data: Mapping[str, Any]) -> Curve:
    """The curve that `curve_to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    fields: dict[str, Any] = {name: _series_from_json(data[name]) for name in _SERIES}
    fields |= {name: data[name] for name in _PLAIN}
    regularised = data["regularised"]
    return Curve(**fields, regularised=None if regularised is None else tuple(regularised))


def _series_to_json(series: Series | None) -> dict[str, Any] | None:
    if series is None:
        return None
    place = series.place.span()
    return {
        "name": series.name,
        "steps": [int(step) if step == int(step) else step for step in series.steps],
        "values": [float(f"{value:.6g}") for value in series.values],
        "filename": place.filename,
        "row": place.start.row,
        "cell": place.cell,
    }


def _series_from_json(data: Mapping[str, Any] | None) -> Series | None:
    if data is None:
        return None
    at = Position(int(data["row"]), 1)
    steps, values = [float(step) for step in data["steps"]], [float(value) for value in data["values"]]
    if not values or len(steps) != len(values):
        raise ValueError("a series without values, or with other steps")
    return Series(
        name=str(data["name"]), steps=steps, values=values, place=Span(data["filename"], at, at, data["cell"])
    )

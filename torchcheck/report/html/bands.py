"""What each layer gives, over time: its mean and how far it scatters. Histograms are not kept, so none are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torchcheck.report.html.figures import plain
from torchcheck.report.html.grid import moments
from torchcheck.report.html.side import Side, rows


def bands(sides: Sequence[Side]) -> dict[str, Any] | None:
    """By layer, mean and standard deviation of each run; None where none were measured.

    `layers` holds the names, `shown` which of them has changed most, `runs` the label, the steps, and for each layer
    the pair of lists.
    """
    names = rows(sides)
    told: list[dict[str, Any]] = []
    for side in sides:
        if side.grid is None:
            continue
        found = dict(zip(side.grid.names, side.grid.last(moments), strict=True))
        layers = [_pair(found.get(name) or []) for name in names]
        told.append({"label": plain(side.label), "steps": side.grid.edges[:-1], "layers": layers})
    kept = [index for index in range(len(names)) if any(run["layers"][index] for run in told)]
    if not kept:
        return None
    runs: list[dict[str, Any]] = [{**run, "layers": [run["layers"][index] for index in kept]} for run in told]
    shown = max(range(len(kept)), key=lambda index: _drift(runs[0]["layers"][index]))
    return {"layers": [plain(names[index]) for index in kept], "shown": shown, "runs": runs}


def _drift(pair: list[list[float | None]] | None) -> float:
    """By how many times the deviation of a layer has changed, as a logarithm."""
    known = [value for value in pair[1] if value] if pair else []
    return abs(math.log(known[-1] / known[0])) if known else 0.0


def _pair(cells: Sequence[tuple[float, ...] | None]) -> list[list[float | None]] | None:
    if not any(cells):
        return None
    return [[None if cell is None else _short(cell[part]) for cell in cells] for part in (0, 1)]


def _short(value: float) -> float | None:
    rounded = float(f"{value:.3g}")
    return rounded if math.isfinite(rounded) else None

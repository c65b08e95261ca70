"""Heat maps: a row a layer, from the first to the last; a column a stretch of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from torchcheck.facts.trail import LayerScales
from torchcheck.records import frozen
from torchcheck.report.html.figures import Figure, plain
from torchcheck.report.html.grid import Cells, Grid, ratio
from torchcheck.report.html.side import Side, rows

USEFUL_RATIO = 1e-3
"""Update over weight at which trainings mostly go well; the middle of the colours."""

_ROW, _LEAST, _MOST = 18, 150, 720
_MARGINS = 96


@frozen
class Quantity:
    """What a heat map shows.

    Attributes:
        id, title: of the map.
        of: its value in a sample.
        hint: how it is read.
        scale: the colours, by their name in the style sheet.
        is_log: shown as powers of ten.
        bounds: the values at the ends of the colours; None where they are those of the data.
    """

    id: str
    title: str
    of: Callable[[LayerScales], float | None]
    hint: str
    scale: str
    is_log: bool
    bounds: tuple[float, float] | None = None


QUANTITIES = (
    Quantity(
        "ratio",
        "Update to weight",
        ratio,
        "How far one step moves each weight, beside its size. Around 0.001 is healthy: blue rows hardly learn, orange "
        "ones are thrown about.",
        "ratio",
        is_log=True,
        bounds=(1e-6, 1.0),
    ),
    Quantity(
        "gradient",
        "Gradient norm",
        lambda layer: layer.gradient,
        "The gradient that each step used. Colours that fade from row to row are a gradient that vanishes on its way.",
        "amount",
        is_log=True,
    ),
    Quantity(
        "spread",
        "Spread of activations",
        lambda layer: layer.std,
        "Standard deviation of what each layer gives. Colours that fade from row to row are a signal that is "
        "lost on its way.",
        "amount",
        is_log=True,
    ),
    Quantity(
        "dead",
        "Dead units",
        lambda layer: layer.dead,
        "Part of the units behind a layer that a rectifier let through for no sample of the batch.",
        "share",
        is_log=False,
        bounds=(0.0, 1.0),
    ),
    Quantity(
        "saturated",
        "Saturated outputs",
        lambda layer: layer.saturated,
        "Part of the outputs that a sigmoid or tanh behind the layer pinned to an end.",
        "share",
        is_log=False,
        bounds=(0.0, 1.0),
    ),
)


def heat_figures(sides: Sequence[Side], quantity: Quantity) -> list[Figure]:
    """The map of each run, with the same rows and colours; none where nothing of it was measured."""
    measured = [(side, side.grid) for side in sides if side.grid is not None]
    cells = [(side, one, one.cells(quantity.of)) for side, one in measured]
    known = {
        name
        for _, one, found in cells
        if found
        for name, row in zip(one.names, found, strict=True)
        if row.count(None) < len(row)
    }
    names = [name for name in rows(sides) if name in known]
    told = [(side, _at_rows(one, found, names)) for side, one, found in cells if found]
    if not told:
        return []
    bounds = quantity.bounds or _bounds([value for _, found in told for row in found for value in row])
    return [_figure(side, quantity, names, found, bounds) for side, found in told]


def _at_rows(grid: Grid, cells: Cells, names: Sequence[str]) -> Cells:
    """The rows of a run among those of all."""
    known = dict(zip(grid.names, cells, strict=True))
    width = len(grid.edges) - 1
    return [known.get(name) or [None] * width for name in names]


def _figure(side: Side, quantity: Quantity, names: Sequence[str], cells: Cells, bounds: tuple[float, float]) -> Figure:
    assert side.grid is not None
    low, high = (math.log10(bound) for bound in bounds) if quantity.is_log else bounds
    shown = [[_shown(value, low, high, is_log=quantity.is_log) for value in row] for row in cells]
    trace = {
        "type": "heatmap",
        "x": side.grid.edges,
        "y": [plain(name) for name in names],
        "z": shown,
        "zmin": low,
        "zmax": high,
        "colorbar": {"thickness": 10, "outlinewidth": 0, **_ticks(low, high, is_log=quantity.is_log)},
        "hoverongaps": False,
        "hovertemplate": "%{y}<br>step %{x:.0f}<br><b>%{text}</b><extra></extra>",
    }
    height = min(max(_ROW * len(names), _LEAST), _MOST) + _MARGINS
    spec = {"kind": "heat", "scale": quantity.scale, "log": quantity.is_log, "data": [trace], "height": height}
    suffix = "-other" if side.is_other else ""
    title = side.named(quantity.title)
    return Figure(f"{quantity.id}{suffix}", title, _says(side, names, cells), {**spec, "layout": {}})


def _shown(value: float | None, low: float, high: float, *, is_log: bool) -> float | None:
    if value is None:
        return None
    if not is_log:
        return round(value, 3)
    return round(math.log10(value), 2) if value > 0 else low - 1 if low < high else low


def _ticks(low: float, high: float, *, is_log: bool) -> dict[str, Any]:
    if not is_log:
        return {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    stride = max(1, math.ceil((high - low) / 6))
    powers = list(range(math.ceil(low - 0.01), math.floor(high + 0.01) + 1, stride))
    return {
        "tickvals": powers,
        "ticktext": [f"{10.0**power:.0e}" if power < -2 else f"{10.0**power:g}" for power in powers],
    }


def _bounds(values: Sequence[float | None]) -> tuple[float, float]:
    """Whole powers of ten around the data, at least two apart, without the few smallest of very many."""
    finite = sorted(value for value in values if value is not None and value > 0)
    if not finite:
        return 1e-2, 1.0
    low = math.floor(math.log10(finite[len(finite) // 100]))
    high = math.ceil(math.log10(finite[-1]))
    return 10.0 ** min(low, high - 2), 10.0**high


def _says(side: Side, names: Sequence[str], cells: Cells) -> list[str]:
    """The least and the greatest median of a layer, and the greatest value of all."""
    assert side.grid is not None
    middles = {
        name: median(known)
        for name, row in zip(names, cells, strict=True)
        if (known := [value for value in row if value is not None])
    }
    if not middles:
        return []
    low, high = min(middles, key=lambda name: middles[name]), max(middles, key=lambda name: middles[name])
    peak, row, column = max(
        (value, y, x) for y, line in enumerate(cells) for x, value in enumerate(line) if value is not None
    )
    text = f"Medians of the layers go from {short(middles[low])} (`{low}`) to {short(middles[high])} (`{high}`)"
    return [f"{text}; the greatest value is {short(peak)}, of `{names[row]}` near step {side.grid.edges[column]}."]


def short(value: float) -> str:
    """Two digits, as in 0.0012, 270 and 1.3e-06."""
    return f"{float(f'{value:.2g}'):g}"

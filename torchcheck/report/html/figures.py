"""Charts over time as plotly draws them. Colours are names of the style sheet, which has one set for light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from torchcheck.finding import Level
from torchcheck.history.run import Series
from torchcheck.history.view.words import number
from torchcheck.records import frozen
from torchcheck.report.html import losses
from torchcheck.report.html.side import Side
from torchcheck.report.html.thin import line, medians

_COLOURS = 6
_MOST_LINES = 8
_MOST_STARTS = 12
_NOISY = 80
"""Values of a series from which on a line of medians is drawn over it."""


_Many = Sequence[tuple[Side, Mapping[str, Series], Mapping[str, Series]]]
"""Of each run, its series and those of its evaluations."""


@frozen
class Figure:
    """A chart.

    Attributes:
        id: unique in the page.
        title: what it shows.
        says: the same in words, for those who can't see it.
        spec: what plotly draws: `data` and `layout`, and `height` in pixels.
    """

    id: str
    title: str
    says: list[str]
    spec: dict[str, Any]


def loss_figure(sides: Sequence[Side]) -> Figure | None:
    """Losses of training and validation, and where findings were made."""
    many: _Many = [
        (side, losses.losses(side.run.lead), losses.evaluations(side.run.lead, "validation")) for side in sides
    ]
    traces = list(_lines(many))
    if not traces:
        return None
    values = [value for _, own, held in many for series in (*own.values(), *held.values()) for value in series.values]
    marks = _marks(sides[0])
    layout = {"yaxis": _axis(values), "yaxis2": _HIDDEN, "shapes": list(_starts(sides[0]))}
    says = [text for side, own, held in many for text in _says(side, {**own, **held}, lowest=True)]
    return Figure("loss", "Loss", says, _spec([*traces, *marks], layout, 380))


def score_figure(sides: Sequence[Side]) -> Figure | None:
    """Accuracies of evaluations."""
    many: _Many = [(side, {}, losses.evaluations(side.run.lead, "metric")) for side in sides]
    traces = list(_lines(many))
    if not traces:
        return None
    says = [text for side, _, own in many for text in _says(side, own, lowest=False)]
    layout = {"yaxis": {"tickformat": ".0%"}}
    return Figure("score", "Accuracy", says, _spec(traces, layout, 260))


def rate_figure(sides: Sequence[Side]) -> Figure | None:
    """Learning rates."""
    many: _Many = [
        (side, {f"lr of {name}": series for name, series in side.run.lead.rates.items()}, {}) for side in sides
    ]
    traces = list(_lines(many, steps=True))
    if not traces:
        return None
    values = [value for _, own, _ in many for series in own.values() for value in series.values]
    says = [text for side, own, _ in many for text in _says(side, own)]
    layout = {"yaxis": _axis(values, of_most=True), "shapes": list(_starts(sides[0]))}
    return Figure("rate", "Learning rate", says, _spec(traces, layout, 240))


def plain(text: str) -> str:
    """A user's text where plotly would read tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_HIDDEN = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}


def _lines(many: _Many, *, steps: bool = False) -> Iterator[dict[str, Any]]:
    """The series of each run, each in a colour of its own; the run that is compared with is dotted."""
    names = list(dict.fromkeys(name for _, own, held in many for name in (*own, *held)))[:_MOST_LINES]
    for place, (side, own, held) in enumerate(many):
        for index, name in enumerate(names):
            look = _Look(side, name, f"var(--line-{(index * len(many) + place) % _COLOURS + 1})")
            if name in own:
                yield from _series(own[name], look, steps=steps)
            if name in held:
                yield _evaluated(held[name], look)


@frozen
class _Look:
    side: Side
    name: str
    colour: str

    def trace(self, steps: Sequence[float], values: Sequence[float | None], **more: Any) -> dict[str, Any]:
        line = {"color": self.colour, "width": 2, **more.pop("line", {})}
        if self.side.is_other:
            line["dash"] = "dot"
        return {
            "type": "scatter",
            "name": plain(self.side.named(self.name)),
            "legendgroup": plain(self.side.named(self.name)),
            "x": [int(step) if step == int(step) else step for step in steps],
            "y": [None if value is None else _short(value) for value in values],
            "mode": "lines",
            "line": line,
            "hovertemplate": "%{y:.4g}",
            **more,
        }


def _series(series: Series, look: _Look, *, steps: bool) -> Iterator[dict[str, Any]]:
    cuts = losses.starts(look.side.run.lead)
    drawn = line(series.steps, series.values, cuts=cuts)
    if steps:
        yield look.trace(drawn.steps, drawn.values, line={"shape": "hv"})
        return
    finite = sum(map(math.isfinite, series.values))
    few = {"mode": "lines+markers", "marker": {"size": 5, "color": look.colour}} if finite < 30 else {}
    if finite < _NOISY:
        yield look.trace(drawn.steps, drawn.values, **few)
    else:
        yield look.trace(drawn.steps, drawn.values, line={"width": 1}, opacity=0.35, showlegend=False)
        yield look.trace(*medians(series.steps, series.values, cuts=cuts), hoverinfo="skip", hovertemplate=None)
    if drawn.broken:
        yield _broken(drawn.broken, look)


def _evaluated(series: Series, look: _Look) -> dict[str, Any]:
    drawn = line(series.steps, series.values)
    return look.trace(drawn.steps, drawn.values, mode="lines+markers", marker={"size": 5, "color": look.colour})


def _broken(steps: Sequence[float], look: _Look) -> dict[str, Any]:
    """Crosses at the foot of the chart where a loss is no number."""
    return {
        "type": "scatter",
        "name": plain(look.side.named(f"{look.name} is no number")),
        "x": [int(step) for step in steps],
        "y": [0.02] * len(steps),
        "yaxis": "y2",
        "mode": "markers",
        "marker": {"symbol": "x", "size": 7, "color": "var(--error)"},
        "hovertemplate": "no number",
    }


def _marks(side: Side) -> Iterator[dict[str, Any]]:
    """Triangles at the top where findings were made."""
    for level in (Level.ERROR, Level.WARNING, Level.INFO):
        found = [
            (finding.step, f"{finding.code} {finding.name}", f"finding-{index}")
            for index, finding in enumerate(side.run.findings)
            if finding.level is level and finding.step is not None
        ]
        if found:
            yield {
                "type": "scatter",
                "name": _LEVEL_NAMES[level],
                "x": [step for step, _, _ in found],
                "y": [0.98] * len(found),
                "yaxis": "y2",
                "text": [plain(text) for _, text, _ in found],
                "customdata": [anchor for _, _, anchor in found],
                "mode": "markers",
                "marker": {"symbol": "triangle-down", "size": 11, "color": f"var(--{level.value})"},
                "hovertemplate": "%{text}<extra></extra>",
            }


def _short(value: float) -> float:
    """Five digits; the greatest numbers that there are stay as they are, as rounded up they would be none."""
    rounded = float(f"{value:.5g}")
    return rounded if math.isfinite(rounded) else value


_LEVEL_NAMES = {Level.ERROR: "error found", Level.WARNING: "warning found", Level.INFO: "advice"}


def _starts(side: Side) -> Iterator[dict[str, Any]]:
    """Lines where another training begins."""
    for step in losses.starts(side.run.lead)[:_MOST_STARTS]:
        dotted = {"color": "var(--rule)", "width": 1, "dash": "dash"}
        yield {"type": "line", "x0": step, "x1": step, "yref": "paper", "y0": 0, "y1": 1, "line": dotted}


def _axis(values: Iterable[float], *, of_most: bool = False) -> dict[str, Any]:
    """Logarithmic where the values span more than two powers of ten.

    With `of_most` only where half of them lie so far below the greatest: a rate that falls to zero ends anywhere.
    """
    finite = sorted(value for value in values if math.isfinite(value))
    if not finite or finite[0] <= 0:
        return {}
    if finite[-1] <= 100 * finite[len(finite) // 2 if of_most else 0]:
        return {}
    powers = math.log10(finite[-1] / finite[0])
    return {"type": "log", "dtick": max(1, math.ceil(powers / 7)), "tickformat": "~g"}


def _spec(traces: list[dict[str, Any]], layout: dict[str, Any], height: int) -> dict[str, Any]:
    return {"kind": "lines", "data": traces, "layout": {"hovermode": "x unified", **layout}, "height": height}


def _says(side: Side, many: Mapping[str, Series], *, lowest: bool | None = None) -> Iterator[str]:
    """A sentence for each series."""
    for name, series in many.items():
        finite = [value for value in series.values if math.isfinite(value)]
        broken = [step for step, value in zip(series.steps, series.values, strict=True) if not math.isfinite(value)]
        text = f"`{side.named(name)}`: "
        if not finite:
            yield f"{text}no value is a number."
            continue
        text += f"{number(finite[0])} at first, {number(finite[-1])} at the end"
        if lowest is not None:
            best = min(finite) if lowest else max(finite)
            at = series.steps[series.values.index(best)]
            text += f", {'lowest' if lowest else 'highest'} {number(best)} at step {at}"
        if broken and not math.isfinite(series.values[-1]):
            text += f"; no number from step {broken[0]} on" if len(broken) > 1 else f"; no number at step {broken[0]}"
        yield f"{text}."

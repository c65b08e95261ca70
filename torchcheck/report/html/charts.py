"""The parts of the page that hold charts. Beside each stands in words or numbers what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from torchcheck.report.html.figures import Figure, loss_figure, rate_figure, score_figure
from torchcheck.report.html.grid import Cells, widest
from torchcheck.report.html.heat import QUANTITIES, heat_figures, short
from torchcheck.report.html.markup import Markup, element, prose, table
from torchcheck.report.html.side import Side
from torchcheck.report.html.verdicts import Verdict, told_of
from torchcheck.report.text import counted

_MOST_SAID = 12


def curves(sides: Sequence[Side], verdicts: Sequence[Sequence[Verdict]]) -> tuple[Markup, list[Figure]]:
    """Losses, accuracies, learning rates, and what the rules say of them."""
    made = [loss_figure(sides), score_figure(sides), rate_figure(sides)]
    figures = [figure for figure in made if figure is not None]
    parts: list[str] = [element("h2", "Curves", id="curves-title")]
    if figures:
        parts.append(_range())
    else:
        parts.append(element("p", "No loss was kept: no sampled step had one that is a single number.", class_="quiet"))
    parts += map(_chart, figures)
    parts += [told_of(side, found) for side, found in zip(sides, verdicts, strict=True)]
    return element("section", *parts, id="curves", aria_labelledby="curves-title"), figures


def layers(sides: Sequence[Side]) -> tuple[Markup, list[Figure]]:
    """Heat maps, and the same in numbers."""
    parts: list[str] = [element("h2", "Layers", id="layers-title")]
    measured = [side for side in sides if side.grid is not None]
    if not measured:
        parts.append(element("p", "No layers were measured in this run.", class_="quiet"))
        return element("section", *parts, id="layers", aria_labelledby="layers-title"), []
    parts.append(element("p", *_how(measured), class_="quiet"))
    figures: list[Figure] = []
    charts: list[Markup] = []
    for quantity in QUANTITIES:
        made = heat_figures(measured, quantity)
        figures += made
        hints = [quantity.hint, "The same of the other run, in the same colours."]
        charts += [
            _chart(figure, element("p", hint, class_="quiet"), wide=False)
            for figure, hint in zip(made, hints, strict=False)
        ]
    parts.append(element("div", *charts, class_="pairs"))
    parts += [_numbers(side) for side in measured]
    return element("section", *parts, id="layers", aria_labelledby="layers-title"), figures


def activations(data: dict[str, Any] | None) -> Markup | None:
    """What a layer gives over time, layer by layer; None where it was not measured."""
    if data is None:
        return None
    options = [
        element("option", Markup(name), value=index, selected=index == data["shown"])
        for index, name in enumerate(data["layers"])
    ]
    picker = element(
        "p",
        element("label", "Layer ", for_="layer"),
        element("select", *options, id="layer"),
        class_="picker needs-script",
    )
    hint = (
        "Mean of what the layer gives in a training step, and how far it scatters: the inner band is one standard "
        "deviation to either side, the outer one two. A band that collapses, grows or drifts is a signal that fades, "
        "explodes or shifts. Mean and deviation are kept, histograms are not."
    )
    parts = [
        element("h2", "Activations", id="activations-title"),
        element("p", hint, class_="quiet"),
        picker,
        element(
            "figure",
            element("div", "", id="chart-bands", class_="chart", role="img", aria_labelledby="bands-said"),
            element("figcaption", "", id="bands-said", aria_live="polite", class_="quiet"),
        ),
    ]
    return element("section", *parts, id="activations", aria_labelledby="activations-title")


def _range() -> Markup:
    """Which steps all charts show, for those who have no mouse to draw with."""
    fields = [
        element("label", "Steps ", for_="from"),
        element("input", type="number", id="from", min=0, inputmode="numeric", placeholder="0"),
        element("label", " to ", for_="to"),
        element("input", type="number", id="to", min=0, inputmode="numeric"),
        element("button", "Show", type="submit"),
        element("button", "All steps", type="button", id="all-steps"),
        element("span", "or draw over a chart; all of them follow", class_="quiet wide-only"),
    ]
    return element("form", *fields, id="range", class_="picker needs-script", aria_label="Steps to show")


def _chart(figure: Figure, *more: str, wide: bool = True) -> Markup:
    """A chart with its title above and its words below."""
    said = [element("p", prose(text)) for text in figure.says[:_MOST_SAID]]
    if len(figure.says) > _MOST_SAID:
        said.append(element("p", f"And {len(figure.says) - _MOST_SAID} more."))
    return element(
        "figure",
        element("h3", figure.title, id=f"title-{figure.id}"),
        *more,
        element(
            "div",
            "",
            id=f"chart-{figure.id}",
            class_="chart",
            role="img",
            aria_labelledby=f"title-{figure.id}",
            aria_describedby=f"said-{figure.id}",
            style=f"min-height:{figure.spec['height']}px",
        ),
        element("figcaption", *said, id=f"said-{figure.id}"),
        class_="wide" if wide else None,
    )


def _how(sides: Sequence[Side]) -> Iterator[str]:
    """What a cell is."""
    grids = [side.grid for side in sides if side.grid is not None]
    seen = " and ".join(str(grid.seen) for grid in grids)
    yield f"From {seen} sampled {'step' if seen == '1' else 'steps'}, the first layer on top. "
    if any(grid.seen > len(grid.edges) - 1 for grid in grids):
        most = max(widest(grid.edges) for grid in grids)
        yield f"Each cell is the greatest value of its steps, at most {most}. "
    left_out = max(grid.left_out for grid in grids)
    if left_out:
        yield f"{counted(left_out, 'weight')} between them are left out. "
    yield "Empty cells were not measured."


def _numbers(side: Side) -> Markup:
    """The heat maps as a table: for each layer the median over time, and the greatest value."""
    assert side.grid is not None
    found = [(quantity, side.grid.cells(quantity.of)) for quantity in QUANTITIES]
    known = [(quantity, cells) for quantity, cells in found if cells is not None]
    titles = [
        "layer",
        *(f"{quantity.title.lower()}, {what}" for quantity, _ in known for what in ("median", "greatest")),
    ]
    rows = [
        [name, *(text for _, cells in known for text in _in_numbers(cells, index))]
        for index, name in enumerate(side.grid.names)
    ]
    name = side.named("The same in numbers")
    return element("details", element("summary", name), table(titles, rows, name, class_="numbers"))


def _in_numbers(cells: Cells, row: int) -> tuple[str, str]:
    values = [value for value in cells[row] if value is not None]
    return (short(median(values)), short(max(values))) if values else ("-", "-")

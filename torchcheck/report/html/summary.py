"""What ran: the head of the page, and the table of what is known of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torchcheck.history.run import Run
from torchcheck.history.view import words
from torchcheck.history.view.settings import flat
from torchcheck.history.view.showing import facts
from torchcheck.report.html.markup import Markup, element, table
from torchcheck.report.html.side import Side
from torchcheck.report.style import PLAIN
from torchcheck.report.text import summary

_GOOD = ("ok", "stopped", "running")
_MOST_SETTINGS = 200
_MOST_TESTS = 500


def head(sides: Sequence[Side]) -> Markup:
    """The title, and the few numbers that one looks for first."""
    run = sides[0].run
    other = sides[1].run if len(sides) > 1 else None
    line: list[str] = [element("span", run.id, class_="id"), f" · {words.when(run)}"]
    if other is not None:
        line += [" · compared with ", element("span", other.id, class_="id"), f" · {words.when(other)}"]
    return element(
        "header",
        element("p", "torchcheck report", class_="brand"),
        element("h1", title(run)),
        element("p", *line, class_="quiet"),
        element("dl", *_tiles(run, other), class_="tiles"),
        role="banner",
    )


def title(run: Run) -> str:
    """What ran, in short."""
    return " ".join([words.script(run), *run.words[1:]]) if run.words else run.id


def section(sides: Sequence[Side]) -> Markup:
    """What is known of each run."""
    parts: list[str] = [element("h2", "Summary", id="summary-title")]
    for side in sides:
        parts += [element("h3", side.run.id)] if side.label else []
        rows = list(facts(side.run, PLAIN))
        parts.append(table(("", ""), rows, f"Run {side.run.id}", class_="facts"))
        settings = [(name, words.value(value)) for name, value in flat(side.run).items()]
        if settings:
            shown = table(("setting", "value"), settings[:_MOST_SETTINGS], "Settings", class_="facts")
            parts.append(element("details", element("summary", f"Settings ({len(settings)})"), shown, open=True))
        parts += _tests(side.run)
    return element("section", *parts, id="summary", aria_labelledby="summary-title")


def _tests(run: Run) -> Iterator[Markup]:
    """The watched tests of a session of pytest."""
    tests = [test for process in run.processes for test in process.tests]
    if tests:
        rows = [(str(test["name"]), str(test["outcome"])) for test in tests[:_MOST_TESTS]]
        shown = table(("test", "outcome"), rows, "Watched tests", class_="facts")
        yield element("details", element("summary", f"Watched tests ({len(tests)})"), shown)


def _tiles(run: Run, other: Run | None) -> Iterator[Markup]:
    told, others = _numbers(run), _numbers(other) if other is not None else {}
    levels = words.levels(run)
    kinds = {
        "Status": "good" if run.status in _GOOD else "bad",
        "Findings": next((level for level in ("error", "warning") if level in levels), "good"),
    }
    loss = words.last_loss(run)
    if loss is not None and not math.isfinite(loss):
        kinds["Last loss"] = "bad"
    for name, value in told.items():
        parts = [element("dt", name), element("dd", value, class_=f"value {kinds.get(name, '')}".strip())]
        if others:
            parts.append(element("dd", f"other run: {others[name]}", class_="other"))
        yield element("div", *parts, class_="tile")


def _numbers(run: Run) -> dict[str, str]:
    found = words.findings(run, PLAIN)
    return {
        "Status": run.status,
        "Findings": "none" if found == "-" else found,
        "Last loss": words.number(words.last_loss(run)),
        "Steps": f"{run.steps:,}".replace(",", "\u202f"),
        "Time": words.seconds(run.seconds),
    }


def description(run: Run) -> str:
    """One line for those who list pages."""
    return f"{title(run)}: {run.status}, {summary(run.findings)}"

"""Two runs side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torchcheck.finding import Finding
from torchcheck.history.compare import Change, Comparison
from torchcheck.history.run import Run, Series
from torchcheck.history.view import listing, words
from torchcheck.history.view.spark import bounds, spark
from torchcheck.report.style import Style
from torchcheck.report.tables import table
from torchcheck.report.text import concise, counted

_WIDTH = 40


def comparing(compared: Comparison, between: str | None, style: Style) -> str:
    """The comparison in text.

    Args:
        compared: what was found.
        between: what git says of the two commits: `3 files changed, 40 insertions(+)`.
        style: whether there are colours.
    """
    parts = [table(("", "A", "B"), list(_facts(compared, style)), style)]
    sections = (
        ("code", compared.code),
        ("command line", compared.command),
        ("versions and seed", compared.versions),
        ("settings", compared.settings),
    )
    for title, changes in sections:
        lines = _changed(changes, style) + (_code_notes(compared, between) if title == "code" else [])
        if lines:
            parts.append("\n".join([style.bold(title), *(f"  {line}" for line in lines)]) + "\n")
    if not any(changes for _, changes in sections) and not compared.diffs_differ:
        parts.append("Code, command line, versions and settings are the same.\n")
    parts += _told("new findings", compared.new, style) + _told("findings that are gone", compared.gone, style)
    curves = list(_curves(compared))
    if curves:
        shown = table(("", "", "", ""), curves, style)
        parts.append(style.bold("curves") + "\n" + "".join(f"  {line}\n" for line in shown.splitlines()))
    return "\n".join(parts)


def to_json(compared: Comparison, between: str | None) -> dict[str, Any]:
    """The comparison as JSON types."""
    return {
        "before": _side(compared.before),
        "after": _side(compared.after),
        "code": {**_pairs(compared.code), "diffs_differ": compared.diffs_differ, "between": between},
        "command": _pairs(compared.command),
        "versions": _pairs(compared.versions),
        "settings": _pairs(compared.settings),
        "new_findings": [finding.to_json() for finding in compared.new],
        "gone_findings": [finding.to_json() for finding in compared.gone],
    }


def _facts(compared: Comparison, style: Style) -> Iterator[tuple[str, str, str]]:
    runs = compared.before, compared.after
    rows = {
        "run": [style.bold(run.id) for run in runs],
        "began": [words.when(run) for run in runs],
        "code": [words.code(run) for run in runs],
        "status": [words.status(run, style) for run in runs],
        "steps": [str(run.steps) for run in runs],
        "time": [words.seconds(run.seconds) for run in runs],
        "last loss": [words.number(words.last_loss(run)) for run in runs],
        "findings": [words.findings(run, style) for run in runs],
    }
    for name, (before, after) in rows.items():
        yield name, before, after


def _changed(changes: Sequence[Change], style: Style) -> list[str]:
    rows = [(change.name, words.value(change.before), "->", words.value(change.after)) for change in changes]
    return table(("", "", "", ""), rows, style).splitlines() if rows else []


def _code_notes(compared: Comparison, between: str | None) -> list[str]:
    notes = [f"between the commits: {between}"] if between else []
    if compared.diffs_differ:
        sizes = [_size(run) for run in (compared.before, compared.after)]
        notes.append(f"changes since the commit: {sizes[0]} -> {sizes[1]}")
    return notes


def _size(run: Run) -> str:
    lines = run.diff.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    removed = sum(line.startswith("-") and not line.startswith("---") for line in lines)
    return f"+{added} -{removed} lines" if lines else "none"


def _told(title: str, findings: Sequence[Finding], style: Style) -> list[str]:
    if not findings:
        return []
    lines = [f"  {concise(finding, style)}" for finding in findings]
    return ["\n".join([style.bold(f"{title} ({len(findings)})"), *lines]) + "\n"]


def _curves(compared: Comparison) -> Iterator[tuple[str, str, str, str]]:
    """Each loss and learning rate of both runs, on one scale and over the same steps."""
    before, after = compared.before.lead, compared.after.lead
    for label, first, second in (("", before.losses, after.losses), ("lr of ", before.rates, after.rates)):
        for name in dict.fromkeys([*first, *second]):
            both = [first.get(name), second.get(name)]
            known = [series for series in both if series is not None]
            span = bounds(known)
            if span is None or max(len(series.values) for series in known) < 2:
                continue
            until = max(series.steps[-1] for series in known) + 1
            for side, series in zip("AB", both, strict=True):
                yield _drawn(f"{label}{name}" if side == "A" else "", side, series, until, span)


def _drawn(
    name: str, side: str, series: Series | None, until: int, span: tuple[float, float]
) -> tuple[str, str, str, str]:
    if series is None:
        return name, side, "", "not there"
    told = f"{words.number(series.values[0])} -> {words.number(series.values[-1])}"
    drawn = spark(series, _WIDTH, until=until, low=span[0], high=span[1])
    return name, side, drawn, f"{told}, {counted(len(series.values), 'value')}"


def _side(run: Run) -> dict[str, Any]:
    losses = {name: words.finite(series.values[-1]) for name, series in run.lead.losses.items()}
    return {**listing.to_json(run), "losses": losses}


def _pairs(changes: Sequence[Change]) -> dict[str, Any]:
    return {change.name: [change.before, change.after] for change in changes}

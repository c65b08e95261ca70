"""What changed from the run that is compared with to the run of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchcheck.history.compare import Change, Comparison
from torchcheck.history.view import words
from torchcheck.report.html.markup import Markup, element, table
from torchcheck.report.html.side import Side

_MOST_LINES = 400


def section(compared: Comparison, between: str | None, sides: Sequence[Side]) -> Markup:
    """Code, command line, versions and settings that differ.

    Args:
        compared: the other run before, the run of the page after.
        between: what git says of the two commits.
        sides: the run of the page, and the other.
    """
    parts: list[str] = [element("h2", "What changed", id="changes-title")]
    titles = ("", sides[1].label, sides[0].label)
    kinds = (
        ("Code", compared.code),
        ("Command line", compared.command),
        ("Versions and seed", compared.versions),
        ("Settings", compared.settings),
    )
    rows = [row for kind, changes in kinds for row in _rows(kind, changes)]
    if rows:
        parts.append(table(titles, rows, "What changed", class_="changes"))
    elif not compared.diffs_differ:
        parts.append(element("p", "Code, command line, versions and settings are the same.", class_="calm"))
    if between:
        parts.append(element("p", f"Between the commits: {between}.", class_="quiet"))
    if compared.diffs_differ:
        parts += [_diff(side) for side in sides if side.run.diff]
    return element("section", *parts, id="changes", aria_labelledby="changes-title")


def _rows(kind: str, changes: Sequence[Change]) -> Iterator[tuple[str, str, str]]:
    for change in changes:
        name = element("span", element("span", f"{kind}: ", class_="kind"), change.name)
        yield name, words.value(change.before), words.value(change.after)


def _diff(side: Side) -> Markup:
    lines = side.run.diff.splitlines()
    shown = [element("span", f"{line}\n", class_=_kind(line)) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append(element("span", f"… and {len(lines) - _MOST_LINES} lines more", class_="quiet"))
    name = element("summary", f"Uncommitted changes of {side.label} ({len(lines)} lines)")
    return element("details", name, element("pre", element("code", *shown), class_="diff", tabindex=0))


def _kind(line: str) -> str | None:
    if line.startswith(("+++", "---", "diff ", "index ", "@@")):
        return "quiet"
    return {"+": "added", "-": "removed"}.get(line[:1])

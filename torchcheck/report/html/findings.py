"""The findings of a run as cards, with the source as it was when they were made."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from torchcheck.finding import Finding, Level
from torchcheck.history.excerpt import excerpt
from torchcheck.history.run import Run
from torchcheck.report.html.markup import Markup, element, joined, prose
from torchcheck.report.text import counted, seen, summary

MOST = 200
"""Findings in a page; the others are counted."""

_WORDS = {Level.ERROR: ("error", "errors"), Level.WARNING: ("warning", "warnings"), Level.INFO: ("advice", "advice")}


def section(run: Run, new: Sequence[Finding] | None = None, gone: Sequence[Finding] = ()) -> Markup:
    """All findings, the gravest first.

    Args:
        run: the run.
        new: those that the run it is compared with has not; None without another run.
        gone: those that only the other has.
    """
    found = ordered(run)
    parts = [element("h2", "Findings", id="findings-title")]
    if not found:
        parts.append(element("p", _nothing(run), class_="calm"))
    else:
        parts += [element("p", f"{summary(run.findings)}.", class_="lead"), _filters(run.findings)]
        fresh = None if new is None else {id(finding) for finding in new}
        cards = [
            _card(run, finding, index, None if fresh is None else id(finding) in fresh)
            for index, finding in found[:MOST]
        ]
        parts.append(element("div", *cards, id="cards"))
        if len(found) > MOST:
            parts.append(
                element("p", f"{counted(len(found) - MOST, 'more finding')}: torchcheck history show {run.id}")
            )
    if gone:
        parts.append(_gone(gone, run))
    parts += [element("h3", "Remarks"), *map(_remark, run.joined.remarks)] if run.joined.remarks else []
    return element("section", *parts, id="findings", aria_labelledby="findings-title")


def ordered(run: Run) -> list[tuple[int, Finding]]:
    """The findings with their numbers: errors first, then in the order of the source."""
    levels = list(_WORDS)
    return sorted(enumerate(run.findings), key=lambda pair: (levels.index(pair[1].level), *pair[1].sort_key()))


def shown_path(filename: str, run: Run) -> str:
    """The path from the directory of the run, if it lies below."""
    directory = run.start.get("directory") or ""
    return filename.removeprefix(os.path.join(directory, "")) if directory else filename


def _nothing(run: Run) -> str:
    if run.is_running:
        return "Nothing has been found so far; the run goes on."
    return "Nothing was found." if run.steps else "Nothing was found: the run ended before its first step."


def _filters(found: Sequence[Finding]) -> Markup:
    counts = Counter(finding.level for finding in found)
    buttons = [
        element(
            "button",
            element("span", "", class_=f"dot {level.value}", aria_hidden="true"),
            f"{_WORDS[level][counts[level] > 1]} {counts[level]}",
            type="button",
            class_="chip",
            data_level=level.value,
            aria_pressed="true",
        )
        for level in _WORDS
        if counts[level]
    ]
    search = element(
        "input",
        type="search",
        id="filter-text",
        placeholder="Filter by text, rule or file",
        aria_label="Filter findings by text, rule or file",
    )
    told = element("p", "", id="filter-told", role="status", class_="quiet")
    group = element("div", *buttons, role="group", aria_label="Levels", class_="chips")
    return element("div", group, search, told, class_="filters needs-script")


def _card(run: Run, finding: Finding, index: int, is_new: bool | None) -> Markup:
    place = finding.place
    cell = f"cell {place.cell}, " if place.cell is not None else ""
    badge = {True: element("span", "new", class_="badge fresh"), None: "", False: ""}[is_new]
    head = element(
        "p",
        element("span", finding.level.value if finding.level is not Level.INFO else "advice", class_="badge level"),
        element("a", f"{finding.code} {finding.name}", href=f"#rule-{finding.code}", class_="rule"),
        badge,
        class_="head",
    )
    notes = [("Seen", seen(finding)), ("Why", finding.why), ("Help", finding.help)]
    if finding.fix is not None:
        notes.append(("Fix" if finding.fix.safe else "Unsafe fix", finding.fix.message))
    told = [part for label, text in notes if text for part in (element("dt", label), element("dd", prose(text)))]
    return element(
        "article",
        head,
        element("h3", prose(_within(finding.message, run))),
        element("p", f"{shown_path(finding.filename, run)}:{cell}{place.start.row}", class_="place"),
        _frame(run, finding),
        element("dl", *told, class_="notes"),
        class_=f"card {finding.level.value}",
        id=f"finding-{index}",
        data_level=finding.level.value,
        tabindex=-1,
    )


def _within(text: str, run: Run) -> str:
    directory = run.start.get("directory") or ""
    return text.replace(os.path.join(directory, ""), "") if directory else text


def _frame(run: Run, finding: Finding) -> Markup:
    """The lines around the finding, its own marked; a word where there are none."""
    place = finding.place
    key = finding.filename, place.cell, finding.row
    kept = next((process.sources[key] for process in run.processes if key in process.sources), None)
    found = None if kept else excerpt(key)
    source = kept or (found and (found["first"], found["lines"]))
    if not source:
        return element("p", "The source was not kept, and is not there any more.", class_="quiet")
    first, lines = source
    rows = joined(_line(first + index, line, finding) for index, line in enumerate(lines))
    label = f"source around line {place.start.row}"
    code = element("pre", element("code", rows), tabindex=0, role="group", aria_label=label)
    note = element("figcaption", "As the file reads now; the run kept no source.", class_="quiet")
    return element("figure", code, "" if kept else note, class_="code")


def _line(number: int, line: str, finding: Finding) -> Markup:
    is_it = number == finding.row
    mark = element("span", "the finding is in this line: ", class_="unseen") if is_it else ""
    shown = _marked(line, finding) if is_it else element("span", line.expandtabs(4), class_="text")
    gutter = element("span", str(number), class_="number")
    return element("span", mark, gutter, shown, class_="line it" if is_it else "line")


def _marked(line: str, finding: Finding) -> Markup:
    """The line with the columns of the finding marked; the whole statement where they are not known."""
    place = finding.place
    start = place.start.column - 1
    end = place.end.column - 1 if place.end.row == place.start.row else len(line.rstrip())
    if not 0 <= start < end <= len(line) or not line[start:end].strip():
        start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    before, it, after = (part.expandtabs(4) for part in (line[:start], line[start:end], line[end:]))
    return element("span", before, element("mark", it) if it else "", after, class_="text")


def _gone(gone: Iterable[Finding], run: Run) -> Markup:
    rows = list(_gone_rows(gone, run))
    title = element("summary", f"{counted(len(rows), 'finding')} of the other run that this one has not")
    return element("details", title, element("ul", *rows), class_="gone")


def _gone_rows(gone: Iterable[Finding], run: Run) -> Iterator[Markup]:
    for finding in gone:
        place = f"{shown_path(finding.filename, run)}:{finding.row}"
        yield element("li", element("code", place), f" {finding.code} ", prose(finding.message))


def _remark(text: str) -> Markup:
    return element("p", prose(text), class_="quiet")

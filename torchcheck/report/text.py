"""Findings as text: `full` with the source, `concise` a line each."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from torchcheck.finding import JSON, Finding, Lens, Level
from torchcheck.report.frame import code_frame
from torchcheck.report.source import SourceLine, from_disk
from torchcheck.report.style import PLAIN, Style

_WRAP = 110


def render(finding: Finding, line_of: SourceLine = from_disk, style: Style = PLAIN) -> str:
    """A finding in full: place and message, the source, what was seen in the run, why it matters, what to do."""
    frame, gutter = code_frame(finding.place, line_of, finding.level, style)
    lines = [concise(finding, style), *frame]
    for label, text in _notes(finding):
        lines += _note(label, text, gutter, style)
    return "\n".join(lines)


def concise(finding: Finding, style: Style = PLAIN) -> str:
    """A finding in one line: `path:row:col: level CODE [name] message`."""
    place = finding.place
    cell = f"cell {place.cell}:" if place.cell is not None else ""
    where = style.place(f"{shown_path(finding.filename)}:{cell}{place.start.row}:{place.start.column}")
    level = style.level(finding.level, f"{finding.level.value} {finding.code}")
    return f"{where}: {level} [{finding.name}] {style.names(_short(finding.message))}"


def shown_path(filename: str) -> str:
    """The path from the working directory, if it lies below."""
    return filename.removeprefix(os.path.join(os.getcwd(), ""))


def _short(text: str) -> str:
    """A text in one line, with the paths that it names as `shown_path` shows them."""
    return " ".join(text.split()).replace(os.path.join(os.getcwd(), ""), "")


def summary(findings: Sequence[Finding]) -> str:
    """As in `3 findings (1 error, 2 warnings)`."""
    counts = Counter(finding.level for finding in findings)
    parts = [
        counted(counts[level], _NOUNS[level]) for level in (Level.ERROR, Level.WARNING, Level.INFO) if counts[level]
    ]
    return counted(len(findings), "finding") + (f" ({', '.join(parts)})" if parts else "")


_NOUNS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "remark"}


def counted(number: int, noun: str) -> str:
    """As in `no files`, `1 file`, `2 files`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _notes(finding: Finding) -> Iterable[tuple[str, str]]:
    sight = seen(finding)
    if sight:
        yield "seen", sight
    yield "why", finding.why
    yield "help", finding.help
    if finding.fix is not None:
        yield ("fix" if finding.fix.safe else "unsafe fix"), finding.fix.message


def seen(finding: Finding) -> str:
    """Where in the run the mistake was seen, and the numbers that prove it. The message says what the linter saw."""
    if finding.lens is Lens.STATIC:
        return ""
    evidence = {key: value for key, value in finding.evidence.items() if key not in _UNTOLD and _says(value)}
    where = []
    if finding.module is not None:
        where.append(f"in `{finding.module}`" if finding.module else "in the model")
    when = [f"epoch {finding.epoch}"] if finding.epoch is not None else []
    when += [f"step {finding.step}"] if finding.step is not None else []
    if when:
        where.append(f"at {', '.join([*when, *([finding.phase] if finding.phase else [])])}")
    where += _ranks(evidence)
    if "times" in evidence:
        steps = f"in {_shown(evidence.pop('times'))} of the steps looked at"
        where = [f"{' '.join(where)}, and {steps} in all" if where else steps]
    numbers = ", ".join(f"{key.replace('_', ' ')} {_shown(value)}" for key, value in evidence.items())
    return ": ".join(part for part in (" ".join(where), numbers) if part)


def _ranks(evidence: dict[str, JSON]) -> list[str]:
    """On which of several ranks; takes it out of the evidence."""
    ranks, number = evidence.pop("ranks", None), evidence.pop("of_ranks", None)
    if not isinstance(ranks, list):
        return []
    if len(ranks) == number:
        return [f"on all {number} ranks"]
    return [f"on rank{'s' if len(ranks) > 1 else ''} {', '.join(map(str, ranks))} of {number}"]


_UNTOLD = ("steps_seen",)
"""Evidence for programs: how much a rule had to see before it spoke."""


def _says(value: JSON) -> bool:
    """Whether a value tells a reader anything: not None, and not an empty list."""
    return value is not None and value not in ([], {}, "")


def _shown(value: JSON) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list):
        items = [_shown(item) for item in value[:8]]
        return f"[{', '.join(items)}{', …' if len(value) > 8 else ''}]"
    if isinstance(value, dict):
        items = [f"{key} {_shown(item)}" for key, item in list(value.items())[:8]]
        return f"({', '.join(items)}{', …' if len(value) > 8 else ''})"
    return str(value)


def _note(label: str, text: str, gutter: int, style: Style) -> list[str]:
    head = f"{'':>{gutter}} = {label}: "
    wrapped = textwrap.wrap(
        _short(text),
        _WRAP,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    if not wrapped:
        return []
    marked = f"{'':>{gutter}} {style.dim('=')} {style.bold(label)}: "
    return [marked + wrapped[0][len(head) :], *wrapped[1:]]

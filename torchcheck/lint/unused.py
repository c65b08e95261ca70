"""Which comments silence nothing: the suppressions of the linted files beside all that was found in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from torchcheck.facts.suppression import Selector, Suppression
from torchcheck.finding import Edit, Finding, Fix, Lens, Position, Span
from torchcheck.report.source import sources, split_rows
from torchcheck.rules import all_rules
from torchcheck.rules.base import NOT_INTERPRETED, Rule
from torchcheck.rules.judge import Judge
from torchcheck.suppress import Pragma, Suppressions, selects
from torchcheck.textfile import SourceText, read_file

_SELF, _UNREADABLE = "TCK001", "TCK002"


class Unused:
    """Judges the comments of files after everything else was judged.

    Args:
        rules: those that were on.
        broken: codes of rules that failed, and names of files in which something did: they may have missed something.
        partial: only some files of a project were linted, so that calls from others are not known.
        on_error: called with a rule that breaks.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        broken: Collection[str],
        *,
        partial: bool,
        on_error: Callable[[Rule, Exception], None],
    ) -> None:
        self._judge = Judge(rules, Lens.STATIC, on_error)
        self._certain = {
            rule.code for rule in rules if rule.lenses() == (Lens.STATIC,) and rule.code not in {*broken, _SELF}
        }
        # what no caller in another file can bring about
        self._local = {rule.code for rule in rules if set(rule.facts()) <= set(NOT_INTERPRETED)} & self._certain
        self._broken = broken
        self._partial = partial

    def findings(
        self, paths: Sequence[Path], found: Sequence[Finding], contents: Mapping[Path, str | bytes]
    ) -> list[Finding]:
        """What the comments of these files are accused of.

        Args:
            paths: the linted files.
            found: all that was found, silenced or not.
            contents: what stands in place of the disk.
        """
        if not self._judge.wants("suppression"):
            return []
        by_file: dict[str, list[Finding]] = {}
        for finding in found:
            by_file.setdefault(finding.filename, []).append(finding)
        accused: list[Finding] = []
        for path in paths:
            parts = _parts(path, contents)
            for pragma in Suppressions.of_cells(parts).pragmas if parts else ():
                fact = self._fact(str(path), pragma, parts, by_file.get(str(path), []))
                accused += self._judge.suppression(fact)
        return accused

    def _fact(
        self, filename: str, pragma: Pragma, parts: Mapping[int | None, str], found: Sequence[Finding]
    ) -> Suppression:
        text = parts[pragma.cell]
        rows = [] if re.search(r"\r(?!\n)", text) else split_rows(text)  # there the tokenizer counts other rows than we
        unreadable = filename in self._broken or any(finding.code == _UNREADABLE for finding in found)
        certain = {_UNREADABLE} & self._certain if unreadable else self._certain
        if self._partial and _may_be_called(pragma, rows):
            certain = certain & self._local
        selectors = [
            Selector(
                text,
                sum(pragma.reaches(finding) and selects(text, finding) for finding in found),
                bool(codes := _codes(text)) and codes <= certain,
            )
            for text in pragma.selectors
        ]
        span = Span(filename, Position(pragma.row, pragma.column), Position(pragma.row, pragma.end), pragma.cell)
        return Suppression(
            kind=pragma.kind,
            selectors=selectors,
            place=span,
            without=lambda idle: _without(pragma, idle, rows),
        )


def _codes(selector: str) -> set[str]:
    return {rule.code for rule in all_rules() if selects(selector, rule)}


def _parts(path: Path, contents: Mapping[Path, str | bytes]) -> dict[int | None, str]:
    """The text of a file, or of each cell; empty where no pragma is in it."""
    if path.suffix not in (".py", ".ipynb"):
        return {}
    try:
        data = contents[path] if path in contents else read_file(path)
        if isinstance(data, bytes):
            data = SourceText.decode(data).text if b"torchcheck:" in data.lower() else ""
    except (OSError, SyntaxError, ValueError):
        return {}
    return sources(str(path), data) if "torchcheck:" in data.lower() else {}


def _may_be_called(pragma: Pragma, rows: Sequence[str]) -> bool:
    """Whether another file may bring about what the pragma silences: it speaks of more than top-level statements."""
    if pragma.cell is not None:  # nobody imports a notebook
        return False
    first = pragma.rows.start
    return pragma.kind == "file-ignore" or first > len(rows) or rows[first - 1][:1].isspace()


def _without(pragma: Pragma, idle: Collection[str], rows: Sequence[str]) -> Fix | None:
    """Takes selectors out of a pragma; with the last one all of the pragma, and the line if nothing else is in it."""
    if pragma.brackets is None or not rows:
        return None
    kept = [text for text in pragma.selectors if text not in idle]
    if kept:
        return _fix(pragma, pragma.row, pragma.brackets[0], pragma.row, pragma.brackets[1], ", ".join(kept))
    if pragma.alone and pragma.row < len(rows):
        return _fix(pragma, pragma.row, 1, pragma.row + 1, 1, "")
    line = rows[pragma.row - 1]
    before, after = line[: pragma.column - 1], line[pragma.end - 1 :]
    if after.strip():  # another directive takes its place
        return _fix(pragma, pragma.row, pragma.column, pragma.row, len(line) - len(after.lstrip()) + 1, "")
    return _fix(pragma, pragma.row, len(before.rstrip()) + 1, pragma.row, len(line) + 1, "")


def _fix(pragma: Pragma, row: int, column: int, end_row: int, end_column: int, content: str) -> Fix:
    edit = Edit(Position(row, column), Position(end_row, end_column), content, pragma.cell)
    return Fix("Take out what silences nothing", (edit,), safe=True)

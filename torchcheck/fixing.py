"""Apply the edits of findings to source texts."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from torchcheck.finding import Edit, Finding, Fix
from torchcheck.reading.notebook import Notebook
from torchcheck.report.source import sources, split_rows

MAX_ROUNDS = 10

Texts = Mapping[str, str]
"""Source texts by file name, as findings call the files."""

Lint = Callable[[Texts], Sequence[Finding]]
"""Lints everything again, with these texts in place of what is on disk."""


@dataclass(slots=True)
class Fixed:
    """What fixing did.

    Attributes:
        texts: new text of every file that changed.
        findings: those that are left.
        applied: how many fixes of each rule were applied, by file.
        refused: files that were left as they were, and why.
    """

    texts: dict[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    applied: dict[str, Counter[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def fix_all(findings: Sequence[Finding], read: Callable[[str], str], lint: Lint, *, unsafe: bool) -> Fixed:
    """Apply fixes and lint again until none is left.

    Of fixes that overlap the first is applied; the next round offers the others again, or sees that they are moot.

    Args:
        findings: of the first run.
        read: gives the text of a file.
        lint: lints again.
        unsafe: apply fixes that change what the program computes, too.
    """
    done = Fixed(findings=findings)
    changed = _round(done, read, unsafe=unsafe)
    for _ in range(MAX_ROUNDS):
        if not changed:
            return done
        done.texts |= changed
        done.findings = lint(done.texts)
        changed = _round(done, read, unsafe=unsafe)
    for filename in changed:  # a fix that does not mend its finding would be applied for ever
        done.refused[filename] = f"its fixes did not settle after {MAX_ROUNDS} rounds"
        del done.texts[filename], done.applied[filename]
    done.findings = lint(done.texts)
    return done


def _round(done: Fixed, read: Callable[[str], str], *, unsafe: bool) -> dict[str, str]:
    by_file: dict[str, list[Finding]] = {}
    for finding in done.findings:
        if applicable(finding, unsafe=unsafe) and finding.filename not in done.refused:
            by_file.setdefault(finding.filename, []).append(finding)
    changed = {}
    for filename, fixable in by_file.items():
        before = done.texts[filename] if filename in done.texts else read(filename)
        after, codes = apply(before, fixable, filename)
        if after == before:
            continue
        if not parses_like(before, after, filename):
            done.refused[filename] = "the fixed text would not be valid Python"
            continue
        changed[filename] = after
        done.applied.setdefault(filename, Counter()).update(codes)
    return changed


def applicable(finding: Finding, *, unsafe: bool) -> bool:
    """Whether the finding has a fix that may be applied."""
    return finding.fix is not None and bool(finding.fix.edits) and (unsafe or finding.fix.safe)


def apply(text: str, findings: Sequence[Finding], filename: str = "") -> tuple[str, list[str]]:
    """The text with the fixes of these findings, each as a whole or not at all, and the codes of those applied."""
    parts = sources(filename, text)
    offsets = {cell: _Offsets(part) for cell, part in parts.items()}
    taken: dict[_Stretch, str] = {}
    codes = []
    for finding in sorted(findings, key=lambda f: _first(f.fix)):
        assert finding.fix is not None
        edits = _resolve(finding.fix.edits, offsets)
        if edits is None or any(_collides(span, content, taken) for span, content in edits.items()):
            continue
        taken |= edits
        codes.append(finding.code)
    for (cell, start, end), content in sorted(taken.items(), key=lambda item: item[0][1:], reverse=True):
        part = parts[cell]
        parts[cell] = part[:start] + content + part[end:]
    if None in parts:
        return parts[None], codes
    return Notebook.parse(text).replaced({cell: part for cell, part in parts.items() if cell is not None}), codes


_Stretch = tuple[int | None, int, int]
"""A stretch of a cell, or of a file that has none, from one offset to another."""


def _resolve(edits: Sequence[Edit], offsets: Mapping[int | None, _Offsets]) -> dict[_Stretch, str] | None:
    """The edits by the stretch that they replace; None if one lies outside of the text."""
    resolved = {}
    for edit in edits:
        part = offsets.get(edit.cell)
        stretch = part.stretch(edit) if part is not None else None
        if part is None or stretch is None:
            return None
        resolved[edit.cell, stretch[0], stretch[1]] = part.newline.join(split_rows(edit.content))
    return resolved


def _first(fix: Fix | None) -> tuple[int, int, int]:
    return min((edit.cell or 0, *edit.start) for edit in fix.edits) if fix and fix.edits else (0, 0, 0)


def _collides(span: _Stretch, content: str, taken: Mapping[_Stretch, str]) -> bool:
    """Whether the edit meets another one. The very same edit, which two findings may share, does not."""
    if span in taken:
        return taken[span] != content
    cell, start, end = span
    return any(
        cell == other_cell and ((start < other_end and other_start < end) or start == other_start or end == other_end)
        for other_cell, other_start, other_end in taken
    )


class _Offsets:
    """Turns rows and columns of a text into offsets."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        self._length = len(text)
        self.newline = _newline(text)

    def stretch(self, edit: Edit) -> tuple[int, int] | None:
        """Where an edit starts and ends; None if it lies outside of the text."""
        start, end = self._offset(edit.start), self._offset(edit.end)
        return None if start is None or end is None or end < start else (start, end)

    def _offset(self, position: tuple[int, int]) -> int | None:
        row, column = position
        if not (1 <= row <= len(self._starts) and column >= 1):
            return None
        offset = self._starts[row - 1] + column - 1
        limit = self._starts[row] if row < len(self._starts) else self._length
        return offset if offset <= limit else None


def _newline(text: str) -> str:
    """The line end that the text uses most."""
    counts = Counter(re.findall(r"\r\n|\r|\n", text))
    return counts.most_common(1)[0][0] if counts else "\n"


def parses_like(before: str, after: str, filename: str = "") -> bool:
    """Whether `after` is Python where `before` is: all of a file, or as many cells of a notebook."""
    if os.path.splitext(filename)[1] in ("", ".py") and _is_python(before):
        return _is_python(after)
    from torchcheck.lint.project import unreadable_parts

    return unreadable_parts(filename, after) <= unreadable_parts(filename, before)


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def unified_diff(filename: str, before: str, after: str) -> str:
    """The change of one file as `patch` reads it; of a notebook, the change of each cell."""
    import difflib

    old, new = sources(filename, before), sources(filename, after)
    lines: list[str] = []
    for cell, source in old.items():
        name = filename if cell is None else f"{filename}:cell {cell}"
        for line in difflib.unified_diff(_lines(source), _lines(new.get(cell, "")), name, name):
            lines.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(lines)


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", text) if line]

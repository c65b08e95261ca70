"""Where a comment that silences a finding goes: the end of a line that can hold one, or a comment that is there."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from torchcheck.finding import Edit, Finding, Position
from torchcheck.patterns import pattern
from torchcheck.suppress import Pragma, Suppressions, scan

_BLANKET = pattern(r"#\s*torchcheck:\s*ignore\b", re.IGNORECASE)
_STRING_STARTS, _STRING_ENDS = ("FSTRING_START", "TSTRING_START"), ("FSTRING_END", "TSTRING_END")


def comment_edits(source: str, findings: Sequence[Finding], cell: int | None = None) -> Iterator[Edit]:
    """Edits that silence the findings; none where rows can't be told.

    Args:
        source: of the file, or of the cell.
        findings: those in it.
        cell: which one, in a notebook.
    """
    if not findings or re.search(r"\r(?!\n)", source):  # there the tokenizer counts other rows than we
        return
    rows = re.split(r"\r?\n", source)
    closed = _closed_rows(source, rows)
    _, statements = scan(source)
    pragmas = [pragma for pragma in Suppressions.parse(source).pragmas if pragma.kind == "ignore"]
    merged: dict[int, tuple[Pragma, set[str]]] = {}
    added: dict[int, set[str]] = {}
    for finding in findings:
        statement = statements.get(finding.row, range(finding.row, finding.row + 1))
        row = next((row for row in range(finding.row, statement.stop) if row not in closed), statement.stop - 1)
        speaking = [pragma for pragma in pragmas if finding.row in pragma.rows]
        if speaking:
            pragma = min(speaking, key=lambda pragma: pragma.row != row)
            merged.setdefault(id(pragma), (pragma, set()))[1].add(finding.code)
        elif row <= len(rows):
            added.setdefault(row, set()).add(finding.code)
    for pragma, codes in merged.values():
        yield _extended(pragma, rows[pragma.row - 1], sorted(codes), cell)
    for row, codes in added.items():
        line = rows[row - 1]
        end = len(line.rstrip())
        text = f"{'  ' if end else ''}# torchcheck: ignore[{', '.join(sorted(codes))}]"
        yield Edit(Position(row, end + 1), Position(row, len(line) + 1), text, cell)


def _extended(pragma: Pragma, line: str, codes: Sequence[str], cell: int | None) -> Edit:
    """A pragma with more codes in its brackets, or with brackets."""
    text = ", ".join([*pragma.selectors, *codes])
    if pragma.brackets is not None:
        start, end = pragma.brackets
        return Edit(Position(pragma.row, start), Position(pragma.row, end), text, cell)
    word = _BLANKET.match(line, pragma.column - 1)
    column = (word.end() if word else len(line)) + 1
    return Edit(Position(pragma.row, column), Position(pragma.row, column), f"[{text}]", cell)


def _closed_rows(source: str, rows: Sequence[str]) -> set[int]:
    """The rows that can't end in a comment: their ends lie in a string, or continue the line."""
    closed: set[int] = set()
    commented: set[int] = set()
    starts: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = tokenize.tok_name[token.type]
            if kind in _STRING_STARTS:
                starts.append(token.start[0])
            elif kind in _STRING_ENDS:
                closed.update(range(starts.pop(), token.end[0]))
            elif token.type == tokenize.STRING:
                closed.update(range(token.start[0], token.end[0]))
            elif token.type == tokenize.COMMENT:
                commented.add(token.start[0])
    except (tokenize.TokenError, SyntaxError, ValueError):
        return set()
    return closed | {row for row, line in enumerate(rows, 1) if line.endswith("\\") and row not in commented}

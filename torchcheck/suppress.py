"""Comments that silence a finding.

`# torchcheck: ignore[TCK101] reason` at the end of a line, on a line of its own above it, or on any line of the
statement; `# noqa: TCK101` at the end of a line; `# torchcheck: file-ignore[TCK101]` anywhere for the whole file. In
the brackets stand codes, prefixes of codes and names of rules.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from torchcheck.finding import Finding
from torchcheck.patterns import pattern

_PRAGMA = pattern(r"#\s*torchcheck:\s*(?P<kind>file-ignore|ignore)\b\s*(?:\[(?P<selectors>[^\]]*)\])?", re.IGNORECASE)
_NOQA = pattern(r"#\s*noqa\b(?!\w)(?:\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_EVERYTHING = ""  # the selector of a bare noqa: a prefix of every code
_NEXT = pattern(r"\s*#\s*(?:[a-z][\w-]*\s*:|noqa\b|nosec\b)", re.IGNORECASE)  # where another directive begins


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in the source: where it stands, and whether it has the line to itself."""

    row: int
    column: int
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Pragma:
    """An `ignore` or `file-ignore` in a comment.

    Attributes:
        kind: which of the two.
        selectors: what stands in its brackets.
        row: of the comment.
        column, end: of what is taken away with the pragma: it, and the reason behind it.
        brackets: the columns between its brackets; None where it has none.
        rows: those of the statement that it speaks of.
        alone: whether nothing else stands in its line.
        cell: of a notebook.
    """

    kind: str
    selectors: tuple[str, ...]
    row: int
    column: int
    end: int
    brackets: tuple[int, int] | None
    rows: range
    alone: bool
    cell: int | None = None

    def reaches(self, finding: Finding) -> bool:
        """Whether it speaks of the place of the finding."""
        return self.kind == "file-ignore" or (finding.place.cell == self.cell and finding.row in self.rows)


@dataclass(frozen=True, slots=True)
class Note:
    """A suppression that does nothing, and why; or what one names."""

    row: int
    text: str
    cell: int | None = None


class Suppressions:
    """What the comments of one source file silence.

    Attributes:
        notes: pragmas without effect.
        named: everything that stands in the brackets of a pragma.
        pragmas: those of the file, in order.
    """

    def __init__(
        self,
        by_row: dict[tuple[int | None, int], set[str]],
        everywhere: set[str],
        notes: list[Note],
        named: list[Note],
        pragmas: list[Pragma],
    ) -> None:
        self._by_row = by_row
        self._everywhere = everywhere
        self.notes = notes
        self.named = named
        self.pragmas = pragmas

    @classmethod
    def parse(cls, source: str) -> Suppressions:
        """Read the comments of a source text. Never raises: a text that is not Python is read line by line."""
        if "torchcheck:" not in source.lower() and "noqa" not in source.lower():
            return cls({}, set(), [], [], [])
        comments, statements = scan(source)
        by_row: dict[tuple[int | None, int], set[str]] = {}
        everywhere: set[str] = set()
        notes: list[Note] = []
        named: list[Note] = []
        pragmas: list[Pragma] = []
        for comment in comments:
            if "torchcheck" not in comment.text.lower() and "noqa" not in comment.text.lower():
                continue
            rows = statements.get(_anchor(comment, comments, statements), range(comment.row, comment.row + 1))
            speaks_of = {*rows, comment.row}  # of its own row for TCK001, which accuses the comment
            for row in speaks_of:
                by_row.setdefault((None, row), set()).update(_noqa(comment))
            for pragma in _pragmas(comment, rows):
                pragmas.append(pragma)
                named += [Note(comment.row, selector) for selector in pragma.selectors]
                if not pragma.selectors:
                    text = f"`{pragma.kind}` silences nothing: name the rule, as in {pragma.kind}[TCK101]"
                    notes.append(Note(comment.row, text))
                if pragma.kind == "file-ignore":
                    everywhere.update(pragma.selectors)
                    continue
                for row in speaks_of:
                    by_row.setdefault((None, row), set()).update(pragma.selectors)
        return cls(by_row, everywhere, notes, named, pragmas)

    @classmethod
    def of_cells(cls, sources: Mapping[int | None, str]) -> Suppressions:
        """Those of a notebook, by cell; what holds for a whole file holds for all cells."""
        whole = cls({}, set(), [], [], [])
        for cell, source in sources.items():
            part = cls.parse(source)
            whole._by_row |= {(cell, row): selectors for (_, row), selectors in part._by_row.items()}
            whole._everywhere |= part._everywhere
            whole.notes += [replace(note, cell=cell) for note in part.notes]
            whole.named += [replace(note, cell=cell) for note in part.named]
            whole.pragmas += [replace(pragma, cell=cell) for pragma in part.pragmas]
        return whole

    def covers(self, finding: Finding) -> bool:
        """Whether a comment silences this finding, judged by its first row."""
        selectors = self._everywhere | self._by_row.get((finding.place.cell, finding.row), set())
        return any(selects(selector, finding) for selector in selectors)


class Coded(Protocol):
    """A finding or a rule."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


def selects(selector: str, coded: Coded) -> bool:
    """Whether a code, a prefix of a code or a name is that of the finding or rule."""
    return coded.code.startswith(selector.upper()) or coded.name == selector.lower()


def _pragmas(comment: Comment, rows: range) -> Iterator[Pragma]:
    for match in _PRAGMA.finditer(comment.text):
        selectors = (match["selectors"] or "").split(",")
        following = _NEXT.search(comment.text, match.end())
        end = following.start() if following else len(comment.text)
        spans = match.span("selectors")
        yield Pragma(
            match["kind"].lower(),
            tuple(part.strip() for part in selectors if part.strip()),
            comment.row,
            comment.column + match.start(),
            comment.column + end,
            None if spans[0] < 0 else (comment.column + spans[0], comment.column + spans[1]),
            rows,
            comment.alone and match.start() == 0 and end == len(comment.text),
        )


def _noqa(comment: Comment) -> Iterator[str]:
    """What a `noqa` at the end of a line names."""
    for match in () if comment.alone else _NOQA.finditer(comment.text):
        yield from re.split(r"[\s,]+", match["codes"]) if match["codes"] else [_EVERYTHING]


def _anchor(comment: Comment, comments: list[Comment], statements: dict[int, range]) -> int:
    """The row that the comment speaks of: its own, or the first one below a block of comments that stand alone."""
    if not comment.alone or comment.row in statements:
        return comment.row
    alone = {other.row for other in comments if other.alone and other.row not in statements}
    row = comment.row
    while row in alone:
        row += 1
    return row


def scan(source: str) -> tuple[list[Comment], dict[int, range]]:
    """The comments, and for each row of a statement the rows of that statement (of a compound one, its header)."""
    try:
        return _scan_tokens(source)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return _scan_lines(source)


_BLANK = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING}


def _scan_tokens(source: str) -> tuple[list[Comment], dict[int, range]]:
    comments: list[Comment] = []
    statements: dict[int, range] = {}
    first: int | None = None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row = token.start[0]
        if token.type == tokenize.COMMENT:
            comments.append(
                Comment(row, token.start[1] + 1, token.string, alone=not token.line[: token.start[1]].strip())
            )
        elif token.type == tokenize.NEWLINE and first is not None:
            statements |= dict.fromkeys(range(first, row + 1), range(first, row + 1))
            first = None
        elif first is None and token.type not in _BLANK and token.type != tokenize.NEWLINE:
            first = row
    return comments, statements


def _scan_lines(source: str) -> tuple[list[Comment], dict[int, range]]:
    comments: list[Comment] = []
    statements: dict[int, range] = {}
    for row, line in enumerate(re.split(r"\r\n|\r|\n", source), start=1):
        code, mark, text = line.partition("#")
        if mark:
            comments.append(Comment(row, len(code) + 1, mark + text, alone=not code.strip()))
        if code.strip():
            statements[row] = range(row, row + 1)
    return comments, statements

"""The source around a finding, its line marked by carets."""

from __future__ import annotations

import unicodedata

from torchcheck.finding import Level, Span
from torchcheck.report.source import SourceLine
from torchcheck.report.style import PLAIN, Style

_TAB = 4
_WIDTH = 120  # a longer line is cut around the marked part
_BEFORE = 20  # and shows so much of what stands before it


def code_frame(place: Span, line_of: SourceLine, level: Level, style: Style = PLAIN) -> tuple[list[str], int]:
    """The line above, the marked line with carets below it, the line below, and the width of their numbers.

    No lines where there is no source.
    """
    row = place.start.row
    marked = line_of(place.filename, row, place.cell)
    if marked is None:
        return [], 1
    around = {number: line_of(place.filename, number, place.cell) for number in (row - 1, row + 1) if number}
    shown = {number: line for number, line in around.items() if line and line.strip()}
    gutter = len(str(max([row, *shown])))
    start, end = _marked_columns(place, marked)
    text, carets = _cut(marked, start, end)

    def numbered(number: int, line: str) -> str:
        return f"{style.dim(f'{number:>{gutter}} |')} {line}"

    bar = style.dim(f"{'':>{gutter}} |")
    above = [numbered(row - 1, _clip(shown[row - 1]))] if row - 1 in shown else []
    below = [numbered(row + 1, _clip(shown[row + 1]))] if row + 1 in shown else []
    return [bar, *above, numbered(row, text), f"{bar} {style.level(level, carets)}", *below, bar], gutter


def _marked_columns(place: Span, line: str) -> tuple[int, int]:
    """Where the carets go, from 0: one caret for a point, the whole statement where the columns are not known."""
    start = place.start.column - 1
    end = place.end.column - 1 if place.end.row == place.start.row else len(line.rstrip())
    if place.start == place.end and 0 < start <= len(line):
        return start, start + 1
    if not 0 <= start < end <= len(line) or not line[start:end].strip():
        return len(line) - len(line.lstrip()), len(line.rstrip())
    return start, end


def _cut(line: str, start: int, end: int) -> tuple[str, str]:
    """What fits into the frame of a line with the start of its marked part, and the carets."""
    if _width(line) <= _WIDTH:
        return _expand(line), _carets(_width(line[:start]), _width(line[start:end]))
    first = min(start - _fitting(line[:start][::-1], _BEFORE), len(line) - _fitting(line[::-1], _WIDTH - 1))
    head = "…" if first else ""
    shown = _clip(line[first:], _WIDTH - len(head))
    before = len(head) + _width(line[first:start])
    return head + shown, _carets(before, min(_width(line[start:end]), _WIDTH - before))


def _carets(start: int, width: int) -> str:
    return " " * start + "^" * max(width, 1)


def _clip(line: str, width: int = _WIDTH) -> str:
    """The line as it is shown, or its beginning with an ellipsis."""
    return _expand(line if _width(line) <= width else line[: _fitting(line, width - 1)] + "…")


def _fitting(text: str, width: int) -> int:
    """How many characters of a text, from its start, take no more than these columns."""
    taken = 0
    for index, char in enumerate(text):
        taken += _char_width(char)
        if taken > width:
            return index
    return len(text)


def _expand(text: str) -> str:
    """Tabs as spaces, and other control characters blank, so that the terminal shows what `_char_width` counts."""
    return "".join(" " * _TAB if char == "\t" else char if char.isprintable() else " " for char in text)


def _width(text: str) -> int:
    """Columns of the terminal that a text takes."""
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char == "\t":
        return _TAB
    if char.isprintable() and unicodedata.category(char) in ("Mn", "Me"):  # accents, variation selectors
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

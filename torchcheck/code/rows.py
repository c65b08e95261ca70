"""The rows of a text, and where the nodes of its syntax tree stand in them."""

from __future__ import annotations

import io
from typing import Any

from torchcheck.finding import Position


class Rows:
    """A text as Python counts its lines.

    Attributes:
        whole: the lines with their ends.
        lines: the lines without them.
    """

    def __init__(self, text: str) -> None:
        self.whole = io.StringIO(text, newline="").readlines()
        self.lines = [line.rstrip("\r\n") for line in self.whole]

    def position(self, row: int, offset: int) -> Position:
        """From a row and an offset in UTF-8 bytes, as `ast` counts, to row and column from 1."""
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        if not line.isascii():
            offset = len(line.encode()[:offset].decode(errors="replace"))
        return Position(row, offset + 1)

    def extent(self, node: Any) -> tuple[Position, Position]:
        """Where a node of an `ast` tree starts, and where it ends."""
        return self.position(node.lineno, node.col_offset), self.position(node.end_lineno, node.end_col_offset)

    def between(self, start: Position, end: Position) -> str:
        """The text from one place to another, its lines joined by a newline."""
        rows = self.lines[start.row - 1 : end.row]
        if not rows:
            return ""
        rows[-1] = rows[-1][: end.column - 1]
        rows[0] = rows[0][start.column - 1 :]
        return "\n".join(rows)

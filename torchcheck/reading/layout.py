"""Where the rows of a program stand in the file that it was taken from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torchcheck.finding import Edit, Fix, Position, Span
from torchcheck.records import frozen

PROMPTS = (">>> ", "... ", ">>>", "...")


@frozen
class Row:
    """A row of a program.

    Attributes:
        cell: the cell that it stands in; None where the file has none.
        row: its number there, from 1.
        prefix: what stands before it in the file and was left out: indentation, a prompt, `%time `.
        width: its length, without the prefix; None where the file has no such row, only the end of a cell.
    """

    cell: int | None
    row: int
    prefix: str = ""
    width: int | None = 0


@frozen
class Layout:
    """The rows of a program. Syntax trees speak of them; findings speak of the file."""

    rows: Sequence[Row]

    def position(self, position: Position) -> tuple[int | None, Position]:
        """The cell, and the place in it, of a position in the program."""
        row = self._row(position.row)
        return row.cell, Position(row.row, position.column + len(row.prefix))

    def span(self, span: Span) -> Span:
        """A stretch of the program where the file has it; cut at the end of the cell that it starts in."""
        cell, start = self.position(span.start)
        other, end = self.position(span.end)
        return replace(span, start=start, end=end if other == cell else start, cell=cell)

    def _row(self, row: int) -> Row:
        if row <= len(self.rows):
            return self.rows[row - 1]
        last = self.rows[-1] if self.rows else Row(None, 0)
        return Row(last.cell, last.row + row - len(self.rows))

    def fix(self, fix: Fix) -> Fix | None:
        """A fix of the program as one of the file; None where it can't be one."""
        edits = [self._edit(edit) for edit in fix.edits]
        known = tuple(edit for edit in edits if edit is not None)
        return replace(fix, edits=known) if len(known) == len(edits) else None

    def _edit(self, edit: Edit) -> Edit | None:
        """The edit in the file; None of one that would reach into two cells, or a line with a magic before it."""
        first, last = self._row(edit.start.row), self._row(edit.end.row)
        if first.cell != last.cell:
            return None
        if "\n" in edit.content and not (first.prefix.isspace() or first.prefix in ("", *PROMPTS)):
            return None
        start, end, content = self.position(edit.start)[1], self.position(edit.end)[1], edit.content
        if last.width is None:
            return self._at_the_end(edit)
        return replace(edit, start=start, end=end, content=content.replace("\n", "\n" + first.prefix), cell=first.cell)

    def _at_the_end(self, edit: Edit) -> Edit | None:
        """An edit that ends below the last line of a cell, which has no line end: take the one before instead."""
        end_row = self.rows[edit.end.row - 2]
        end = Position(end_row.row, (end_row.width or 0) + len(end_row.prefix) + 1)
        first = self._row(edit.start.row)
        if first.width is None:
            return Edit(end, end, "\n" + edit.content.removesuffix("\n"), cell=first.cell)
        if edit.content:
            start = self.position(edit.start)[1]
            return Edit(start, end, edit.content.removesuffix("\n"), cell=first.cell)
        before = self._row(edit.start.row - 1) if edit.start.row > 1 else None
        if edit.start.column > 1 or before is None or before.cell != first.cell or before.width is None:
            return Edit(self.position(edit.start)[1], end, "", cell=first.cell)
        start = Position(before.row, before.width + len(before.prefix) + 1)
        return Edit(start, end, "", cell=first.cell)

"""The one text that Python reads of a notebook or of a snippet, and where its rows stand in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from torchcheck.finding import Position
from torchcheck.reading.layout import Layout, Row
from torchcheck.reading.magics import LINE_END, body_is_python, cell_magic
from torchcheck.reading.notebook import Cell, Notebook
from torchcheck.reading.snippet import Lines, spellings
from torchcheck.records import frozen


class Unreadable(Exception):
    """A text that is not Python.

    Args:
        reason: why, without a full stop.
        row, column: where, from 1.
        help: what the user can do.
        hopeless: no other way to read the text will help.
    """

    def __init__(
        self, reason: str, row: int = 1, column: int = 1, help: str | None = None, *, hopeless: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = Position(max(row, 1), max(column, 1))
        self.help = help
        self.hopeless = hopeless


Check = Callable[[str], Unreadable | None]
"""Says what is wrong with a text as Python; None if nothing is."""


@frozen
class Program:
    """What is read of a file that is not plain Python.

    Attributes:
        text: what the parsers get.
        layout: where its rows stand.
        broken: what is wrong with the cells that were left out, in rows of `text`.
        ends: the rows that end a cell: the value of an expression there is displayed.
    """

    text: str
    layout: Layout
    broken: tuple[Unreadable, ...] = ()
    ends: frozenset[int] = field(default=frozenset())


def of_snippet(text: str, check: Check) -> Program | None:
    """A text that is Python but for its indentation, prompts or magics; None if nothing helps."""
    read = _spelled(LINE_END.split(text), check)
    if read is None:
        return None
    rows = tuple(Row(None, number, prefix, len(line)) for number, (prefix, line) in enumerate(read, start=1))
    return Program("\n".join(line for _, line in read), Layout(rows))


def of_notebook(notebook: Notebook, check: Check) -> Program:
    """The cells in order. One that is not Python is left out, and is told in `broken` unless a magic says so."""
    lines: list[str] = []
    rows: list[Row] = []
    broken: list[Unreadable] = []
    ends: set[int] = set()
    for cell in notebook.cells:
        written = LINE_END.split(cell.source)
        read = _of_cell(cell, written, check)
        if isinstance(read, Unreadable):
            at = read.position
            broken.append(Unreadable(read.reason, len(rows) + at.row, at.column, read.help))
            read = [("", "")] * len(written)
        for number, (prefix, line) in enumerate(read, start=1):
            rows.append(Row(cell.number, number, prefix, len(line)))
        code = [i for i, (_, line) in enumerate(read, start=len(lines) + 1) if line.partition("#")[0].strip()]
        ends.update(code[-1:])
        lines += [line for _, line in read]
        rows.append(Row(cell.number, len(written) + 1, width=None))  # what is put after its last line stays in the cell
        lines.append("")
    return Program("\n".join(lines) + "\n", Layout(tuple(rows)), tuple(broken), frozenset(ends))


def _of_cell(cell: Cell, written: list[str], check: Check) -> Lines | Unreadable:
    magic = cell_magic(cell.source)
    if magic is None:
        return _spelled(written, check) or _trouble(cell.source, check)
    if (known := body_is_python(magic)) is False:
        return [("", "")] * len(written)
    first = next(i for i, line in enumerate(written) if line.strip())
    head, body = [("", "")] * (first + 1), written[first + 1 :]
    read = _spelled(body, check)
    if read is None and known:
        return _trouble("\n" * (first + 1) + "\n".join(body), check)
    return head + (read if read is not None else [("", "")] * len(body))


def _spelled(written: list[str], check: Check) -> Lines | None:
    return next((read for read in spellings(written) if check("\n".join(line for _, line in read)) is None), None)


def _trouble(text: str, check: Check) -> Unreadable:
    return check(text) or Unreadable("it is not Python")

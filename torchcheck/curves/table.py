"""A log as columns of numbers, whatever file it came from."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from typing import Any

from torchcheck.records import record


@record
class Column:
    """The cells of one column that hold something.

    Attributes:
        name: its header, or the path of keys.
        rows: the row of each number, counted from 0; they rise.
        values: the numbers, NaN and infinity among them.
        odd: how many cells hold something else.
        example: the first of these.
    """

    name: str
    rows: array[int]
    values: array[float]
    odd: int = 0
    example: str = ""

    def add(self, row: int, cell: Any) -> None:
        """Take in a cell; an empty one is none."""
        try:
            self.values.append(float(cell))
        except (TypeError, ValueError):
            self._strange("" if cell is None else str(cell))
            return
        self.rows.append(row)

    def _strange(self, text: str) -> None:
        text = text.strip()
        if text and text.lower() not in _MISSING:
            self.odd += 1
            self.example = self.example or text

    @property
    def is_finite(self) -> bool:
        """Whether any number in it is one."""
        return any(map(math.isfinite, self.values))


_MISSING = ("none", "null", "na", "n/a", "-")


class Table:
    """The columns of a log.

    Attributes:
        path: the file.
        columns: by name, in the order in which they appear.
        lines: the line of the file that each row stands in; empty where rows are no lines.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.columns: dict[str, Column] = {}
        self.lines: array[int] = array("q")
        self.rows = 0

    def column(self, name: str) -> Column:
        """A column, made where it is new."""
        found = self.columns.get(name)
        if found is None:
            found = self.columns[name] = Column(name, array("q"), array("d"))
        return found

    def add(self, cells: Mapping[str, Any], line: int | None = None) -> None:
        """Another row; mappings within it become columns `outer/inner`."""
        for name, cell in cells.items():
            self._add(str(name), cell)
        if line is not None:
            self.lines.append(line)
        self.rows += 1

    def _add(self, name: str, cell: Any, depth: int = 3) -> None:
        if isinstance(cell, Mapping):
            for inner, value in cell.items() if depth else ():
                self._add(f"{name}/{inner}", value, depth - 1)
        elif isinstance(cell, (int, float, str)) and not isinstance(cell, bool):
            self.column(name).add(self.rows, cell)

    def line(self, row: int) -> int:
        """The line of the file that a row stands in, from 1."""
        return self.lines[row] if row < len(self.lines) else 1

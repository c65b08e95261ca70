"""The lines of source that a finding is shown with."""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from torchcheck.reading.notebook import NotANotebook, Notebook
from torchcheck.textfile import SourceText, read_file


class SourceLine(Protocol):
    """Gives a line of a file, or of a cell of a notebook, by its row from 1; None where there is no such line.

    A line comes without its line end.
    """

    def __call__(self, filename: str, row: int, cell: int | None = None, /) -> str | None: ...


def from_disk(filename: str, row: int, cell: int | None = None) -> str | None:
    """A line as it stands on disk (or in the cells of a notebook session, which `linecache` knows)."""
    if os.path.exists(filename) and not os.path.isfile(filename):  # reading a pipe would wait for ever
        return None
    if cell is not None:
        return _row(_cells_on_disk(filename).get(cell, []), row)
    try:
        return linecache.getline(filename, row).rstrip("\r\n") or None
    except (LookupError, ValueError):  # of an encoding that is none
        return None


def forget() -> None:
    """Read files anew: they may have changed since they were shown."""
    linecache.clearcache()
    _cells_on_disk.cache_clear()


def from_texts(texts: Mapping[str, str]) -> SourceLine:
    """Lines of these texts, by file name; of the disk for other files."""
    rows = {
        (filename, cell): split_rows(source)
        for filename, text in texts.items()
        for cell, source in sources(filename, text).items()
    }

    def line(filename: str, row: int, cell: int | None = None) -> str | None:
        if filename not in texts:
            return from_disk(filename, row, cell)
        return _row(rows.get((filename, cell), []), row)

    return line


def sources(filename: str, text: str) -> dict[int | None, str]:
    """The parts of a file that rows are counted in: the cells of a notebook by number, or the whole file."""
    if not filename.endswith(".ipynb"):
        return {None: text}
    try:
        return {cell.number: cell.source for cell in Notebook.parse(text).cells}
    except NotANotebook:
        return {None: text}


def split_rows(text: str) -> list[str]:
    """The rows of a text as Python counts them: form feeds and Unicode separators do not end one."""
    return re.split(r"\r\n|\r|\n", text)


def _row(rows: list[str], row: int) -> str | None:
    return rows[row - 1] or None if 0 < row <= len(rows) else None


@lru_cache(maxsize=4)
def _cells_on_disk(filename: str) -> dict[int | None, list[str]]:
    try:
        text = SourceText.decode(read_file(Path(filename))).text
    except (OSError, SyntaxError, ValueError):
        return {}
    return {cell: split_rows(source) for cell, source in sources(filename, text).items()}

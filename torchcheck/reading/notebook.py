"""A notebook as its file stands: the code cells with where their sources are written, so that one can be replaced."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from torchcheck.patterns import pattern
from torchcheck.records import frozen

_TOKEN = pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_SOURCES = ("source", "input")
"""The key of a code cell's text, in format 4 and in format 3."""
_PYTHON = ("python", "ipython", "sage", "xpython", "xeus-python")


class NotANotebook(Exception):
    """A text that is no notebook: why, and where (row and column from 1)."""

    def __init__(self, reason: str, row: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.row, self.column = reason, row, column


@frozen
class Cell:
    """A cell of code.

    Attributes:
        number: counted from 1 over all cells, as ruff and the status bar of editors do.
        source: its text.
        start, end: where the JSON value of the source stands in the file.
        literals: the strings that it is written as, with their offsets; one for a source that is not a list.
    """

    number: int
    source: str
    start: int
    end: int
    literals: tuple[tuple[int, int], ...]


@frozen
class Notebook:
    """The text of a notebook's file, its language and its cells of code."""

    text: str
    language: str
    cells: tuple[Cell, ...]

    @classmethod
    def parse(cls, text: str) -> Notebook:
        """Read format 3 and 4. Raises NotANotebook."""
        text = text.removeprefix("\ufeff")
        if not text.strip():
            return cls(text, "python", ())
        data = _load(text)
        cells = _cells(data)
        written = list(_Sources(text).find())
        if cells is None or len(written) != len(cells):
            raise NotANotebook("it is JSON, but not a notebook")
        code = []
        for number, (cell, place) in enumerate(zip(cells, written, strict=True), start=1):
            source = _source(cell)
            if isinstance(cell, dict) and cell.get("cell_type") == "code" and source is not None and place is not None:
                code.append(Cell(number, source, *place))
        return cls(text, _language(data, cells), tuple(code))

    @property
    def is_python(self) -> bool:
        return self.language in _PYTHON

    def replaced(self, sources: Mapping[int, str]) -> str:
        """The file's text with other sources of some cells; every byte elsewhere stays."""
        ascii_only = self.text.isascii() and re.search(r"\\u(?!00[0-7])[0-9a-fA-F]{4}", self.text) is not None
        text = self.text
        for cell in reversed(self.cells):
            if cell.number in sources and sources[cell.number] != cell.source:
                new = self._written(cell, sources[cell.number], ascii_only)
                text = text[: cell.start] + new + text[cell.end :]
        return text

    def _written(self, cell: Cell, source: str, ascii_only: bool) -> str:
        """The JSON value of a new source: in the form of the old one, unchanged lines as they were written."""
        if not self.text.startswith("[", cell.start):
            return json.dumps(source, ensure_ascii=ascii_only)
        literals = [self.text[start:end] for start, end in cell.literals]
        old = [json.loads(literal, strict=False) for literal in literals]
        new = re.findall(r"[^\n]*\n|[^\n]+", source)
        written: list[str] = []
        for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            kept = tag == "equal"
            written += literals[i:j] if kept else [json.dumps(line, ensure_ascii=ascii_only) for line in new[k:m]]
        if not literals:
            return "[" + ", ".join(written) + "]"
        first, last = cell.literals[0][0], cell.literals[-1][1]
        head, tail = self.text[cell.start : first], self.text[last : cell.end]
        between = "," + head[1:] if len(literals) == 1 else self.text[cell.literals[0][1] : cell.literals[1][0]]
        return head + between.join(written) + tail if written else "[]"


def _load(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise NotANotebook(f"it is not JSON ({error.msg})", error.lineno, error.colno) from None
    except (RecursionError, ValueError) as error:
        raise NotANotebook(f"its JSON can't be read ({error or 'nested too deeply'})") from None


def _cells(data: Any) -> list[Any] | None:
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("cells"), list):
        return list(data["cells"])
    sheets = data.get("worksheets")
    if not isinstance(sheets, list):
        return None
    inner = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in inner if isinstance(cells, list) for cell in cells]


def _source(cell: Any) -> str | None:
    """The text of a cell; of several values under one key JSON takes the last, and so do we."""
    if not isinstance(cell, dict):
        return None
    source = next((cell[key] for key in _SOURCES if key in cell), None)
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _language(data: Any, cells: list[Any]) -> str:
    """What the kernel runs; Python where nothing is said, as most such files are."""
    metadata = data.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    says = [info.get("name") if isinstance(info, dict) else None]
    says.append(kernel.get("language") if isinstance(kernel, dict) else None)
    says += [cell.get("language") for cell in cells if isinstance(cell, dict)]  # format 3
    said = next((name for name in says if isinstance(name, str) and name), "python")
    return re.sub(r"\d+$", "", said.lower())


Place = tuple[int, int, tuple[tuple[int, int], ...]]


class _Sources:
    """Finds where the sources of cells are written. The text is known to be JSON."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)
        self._next = next(self._tokens)

    def find(self) -> list[Place | None]:
        """For each cell in order, where its source stands."""
        by_key: dict[str, list[Place | None]] = {}
        for key in self._keys():
            if key == "cells":
                by_key[key] = self._list_of_cells()
            elif key == "worksheets":
                by_key[key] = [place for sheet in self._items("[") if sheet for place in self._sheet()]
            else:
                self._skip()
        return by_key["cells"] if "cells" in by_key else by_key.get("worksheets", [])

    def _sheet(self) -> list[Place | None]:
        places: list[Place | None] = []
        if self._peek() != "{":
            self._skip()
            return places
        for key in self._keys():
            if key == "cells":
                places = self._list_of_cells()
            else:
                self._skip()
        return places

    def _list_of_cells(self) -> list[Place | None]:
        if self._peek() != "[":
            self._skip()
            return []
        return [self._cell() for _ in self._items("[")]

    def _cell(self) -> Place | None:
        if self._peek() != "{":
            self._skip()
            return None
        places: dict[str, Place] = {}
        for key in self._keys():
            if key in _SOURCES:
                places[key] = self._value()
            else:
                self._skip()
        return next((places[key] for key in _SOURCES if key in places), None)

    def _value(self) -> Place:
        start = self._next.start()
        literals: list[tuple[int, int]] = []
        if self._peek() == "[":
            for _ in self._items("["):
                literals.append(self._next.span())
                self._skip()
        else:
            literals.append(self._next.span())
            self._skip()
        return start, self._end, tuple(literals)

    def _keys(self) -> Iterator[str]:
        """The keys of an object; the caller takes each value."""
        if self._peek() != "{":
            self._skip()
            return
        for _ in self._items("{"):
            key = str(json.loads(self._peek(), strict=False))
            self._take()
            self._take()  # the colon
            yield key

    def _items(self, bracket: str) -> Iterator[bool]:
        """Stops before each item of a list or object; the caller takes it."""
        if self._peek() != bracket:
            self._skip()
            return
        self._take()
        while self._peek() not in "]}":
            yield True
            if self._peek() == ",":
                self._take()
        self._take()

    def _skip(self) -> None:
        """Take a whole value."""
        depth = 0
        while True:
            token = self._peek()
            depth += (token in "[{") - (token in "]}")
            self._take()
            if depth == 0:
                return

    def _peek(self) -> str:
        return self._next[0]

    def _take(self) -> None:
        self._end = self._next.end()
        self._next = next(self._tokens, self._next)

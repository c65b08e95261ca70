"""A source file: its bytes, its text, what libcst makes of it, and where things stand in it.

The text is the program: of a notebook all cells in order, of a snippet what Python can read of it. Nodes and `span`
speak of its rows; `located` says where these stand in the file, and everything that a user sees goes through it.
"""

from __future__ import annotations

import ast
import io
import os
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from torchcheck.finding import Fix, Position, Span
from torchcheck.lint import ir
from torchcheck.lint.form_feeds import without_form_feeds
from torchcheck.reading import program
from torchcheck.reading.layout import Layout
from torchcheck.reading.magics import LINE_END
from torchcheck.reading.notebook import NotANotebook, Notebook
from torchcheck.reading.program import Unreadable as Unreadable
from torchcheck.reading.snippet import python_2
from torchcheck.textfile import SourceText

_STACK_BYTES = 512 * 1024 * 1024
"""Address space for the parser's stack; only what it touches is memory."""
_TOO_LONG = 500_000
"""Characters that only generated code has, half as many again as the largest file that we know somebody wrote: libcst
would take a minute, so that values are not followed in it."""
_TOO_LARGE = 2_000_000
"""Characters that would take even Python's own parser longer than anybody waits: such a file is left alone."""
_NO_NOTEBOOK = "Save the notebook again where it was made, or leave it out with `exclude`."
TOO_DEEP = 1000
"""Nesting that only generated code has. The time that libcst takes grows with its square: such a file is left alone."""


class SourceFile:
    """One file of the project. libcst parses it when somebody asks for its statements.

    Args:
        path: as given by the user, for messages.
        data: its content.
        rows: those that it has of its file, where that holds several programs.

    Attributes:
        text: the program that is read; for most files, the text of the file.
        language: `python`, or what the kernel of a notebook runs.
        broken: what is wrong with the cells of a notebook that were left out, in rows of `text`.
        cell_ends: the rows of `text` that end a cell: an expression that ends there is displayed.
        deep: its syntax tree is nested too deeply for libcst, as far as is known.

    Raises:
        Unreadable: the content can't be decoded, or is not the notebook that its name says.
    """

    def __init__(self, path: Path, data: str | bytes, rows: range | None = None) -> None:
        self.path = path
        self.name = str(path)
        self.rows = rows
        self.text = data if isinstance(data, str) else decode(data, declared=path.suffix != ".ipynb")
        self.language = "python"
        self.broken: tuple[Unreadable, ...] = ()
        self.cell_ends: frozenset[int] = frozenset()
        self.tree: ast.Module | None = None
        self.deep = False
        self._layout: Layout | None = None
        self._module: Any = None
        self._body: list[ir.Stmt] | None = None
        self._positions: Mapping[Any, Any] | None = None
        self._cut: dict[int, int] = {}
        if self.name.endswith(".ipynb"):
            self._read_cells()

    @property
    def is_too_large(self) -> bool:
        """Whether the program is so large that it is left alone."""
        return len(self.text) > _TOO_LARGE

    @property
    def is_too_long(self) -> bool:
        """Whether the program is so long that values are not followed in it."""
        return len(self.text) > _TOO_LONG

    def look(self) -> ast.Module | None:
        """The cheap syntax tree; None where this Python can't parse what libcst perhaps can.

        Raises:
            Unreadable: neither can.
        """
        if self.is_too_large:
            raise Unreadable("it is too large")
        tree = _cheap_tree(self.text)
        if not isinstance(tree, Unreadable):
            return tree
        if not tree.hopeless and self._layout is None and not self.is_too_long:
            snippet = program.of_snippet(self.text, _trouble)
            if snippet is not None:
                self.text, self._layout = snippet.text, snippet.layout
                return ast.parse(self.text)
        self._check_newer_syntax(tree)
        return None

    def located(self, span: Span) -> Span:
        """Where a stretch of the program stands in the file: in which cell, below which indentation."""
        return span if self._layout is None else self._layout.span(span)

    def located_fix(self, fix: Fix) -> Fix | None:
        """A fix of the program as one of the file; None where it would reach into two cells."""
        return fix if self._layout is None else self._layout.fix(fix)

    @property
    def plain(self) -> bool:
        """Whether the program is the text of the file, as it stands."""
        return self._layout is None

    @property
    def lowered(self) -> bool:
        """Whether anybody has asked for its statements."""
        return self._body is not None

    def body(self) -> list[ir.Stmt]:
        """The statements of the file; empty when libcst can't read it."""
        if self._body is None:
            from torchcheck.lint.lower import lower_module

            try:
                self._body = lower_module(self.module())
            except Unreadable:
                self._body = []
        return self._body

    def module(self) -> Any:
        """The libcst module. Raises Unreadable."""
        if self._module is None:
            if self.deep:
                raise Unreadable("it is nested too deeply")
            if self.is_too_long:
                raise Unreadable("it is too long")
            text, self._cut = without_form_feeds(self.text)
            self._module = _PARSER.parse(text)
        return self._module

    def text_of(self, node: Any) -> str:
        """A node as the user wrote it."""
        return str(self.module().code_for_node(node)).strip()

    def span(self, node: Any) -> Span:
        """Where a node stands in the program."""
        if self._positions is None:
            self._positions = _positions(self.module())
        if node not in self._positions:
            return Span(self.name, Position(1, 1), Position(1, 1))
        place = self._positions[node]
        return Span(self.name, self._position(place.start), self._position(place.end))

    def _position(self, point: Any) -> Position:
        return Position(point.line, point.column + 1 + self._cut.get(point.line, 0))

    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends."""
        return io.StringIO(self.text, newline="").readlines()

    def _read_cells(self) -> None:
        try:
            notebook = Notebook.parse(self.text)
        except NotANotebook as error:
            raise Unreadable(error.reason, error.row, error.column, _NO_NOTEBOOK) from None
        self.language = notebook.language if not notebook.is_python else "python"
        if sum(len(cell.source) for cell in notebook.cells) > _TOO_LARGE:
            self.text = "\n".join(cell.source for cell in notebook.cells)
            return
        read = program.of_notebook(notebook if notebook.is_python else Notebook("", "", ()), _trouble)
        self.text, self._layout, self.broken, self.cell_ends = read.text, read.layout, read.broken, read.ends

    def _check_newer_syntax(self, error: Unreadable) -> None:
        if error.hopeless:
            raise error
        try:
            self.module()
        except Unreadable:
            raise error from None


@dataclass(frozen=True, slots=True, eq=False)
class NodePlace:
    """Where a node stands in the user's file, found out when somebody asks."""

    file: SourceFile
    node: Any

    def span(self) -> Span:
        return self.file.located(self.file.span(self.node))


def decode(data: bytes, *, declared: bool = True) -> str:
    """The text of a file, in the encoding that it declares or else UTF-8. Raises Unreadable."""
    try:
        text = SourceText.decode(data).text if declared else data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = error.start - before.rfind(b"\n")
        raise Unreadable(f"its bytes are not {error.encoding}", before.count(b"\n") + 1, column) from None
    except (SyntaxError, LookupError, ValueError) as error:
        raise Unreadable(str(error) or "its encoding is not known") from None
    return text.removeprefix("\ufeff")


def _cheap_tree(text: str) -> ast.Module | Unreadable:
    if "\0" in text:
        before = LINE_END.split(text[: text.index("\0")])
        return Unreadable("it holds a NUL byte", len(before), len(before[-1]) + 1, hopeless=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except UnicodeError:
        return Unreadable("it holds half of a character", hopeless=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or str(error) or type(error).__name__
        place = _within(text, getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1)
        if not isinstance(error, SyntaxError) or _nesting(text) > TOO_DEEP:
            return Unreadable(f"it is nested too deeply ({reason})", *place, hopeless=True)
        help = python_2(reason)
        return Unreadable(f"it is Python 2 ({reason})" if help else reason, *place, help)


def _within(text: str, row: int, column: int) -> tuple[int, int]:
    """A place that the parser names, or the nearest one that there is."""
    rows = LINE_END.split(text)
    row = min(row, len(rows))
    return row, min(column, len(rows[row - 1]) + 1)


def _trouble(text: str) -> Unreadable | None:
    """What is wrong with a text as Python."""
    tree = _cheap_tree(text)
    return tree if isinstance(tree, Unreadable) else None


def _nesting(text: str) -> int:
    """An upper bound for how deeply the parser must recurse, counted without understanding the text."""
    deepest = depth = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(depth - 1, 0)
    return deepest


class _Parser:
    """A thread that parses, on a stack that is large enough: libcst's parser recurses, and would overflow ours."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, with no thread."""
        self._lock = threading.Lock()
        self._texts: SimpleQueue[str] = SimpleQueue()
        self._parsed: SimpleQueue[Any] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def parse(self, text: str) -> Any:
        """The libcst module of a text. Raises Unreadable."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._start()
            self._texts.put(text)
            parsed = self._parsed.get()
        if isinstance(parsed, Unreadable):
            raise parsed
        return parsed

    def _start(self) -> None:
        previous = threading.stack_size(_STACK_BYTES)
        try:
            self._thread = threading.Thread(target=self._work, name="torchcheck-parser", daemon=True)
            self._thread.start()
        finally:
            threading.stack_size(previous)

    def _work(self) -> None:
        while True:
            self._parsed.put(_parse_here(self._texts.get()))


_PARSER = _Parser()
if hasattr(os, "register_at_fork"):  # a forked process has no thread but the one that forked
    os.register_at_fork(after_in_child=_PARSER.reset)


def _positions(module: Any) -> Mapping[Any, Any]:
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        return MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    except RecursionError:  # generated code, thousands of levels deep
        return {}


def _parse_here(text: str) -> Any:
    import libcst as cst

    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return Unreadable(error.message, error.raw_line, error.raw_column + 1)
    except Exception as error:  # its parser can fail in ways of its own
        return Unreadable(f"libcst can't parse it: {error}")

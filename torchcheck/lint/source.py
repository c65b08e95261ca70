"""A source file: its bytes, its text, its syntax tree, and where things stand in it.

The text is the program: of a notebook all cells in order, of a snippet what Python can read of it. Nodes and `span`
speak of its rows; `located` says where these stand in the file, and everything that a user sees goes through it.
"""

from __future__ import annotations

import ast
import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

from torchcheck.code.rows import Rows
from torchcheck.finding import Fix, Span
from torchcheck.lint import ir
from torchcheck.reading import program
from torchcheck.reading.layout import Layout
from torchcheck.reading.magics import LINE_END
from torchcheck.reading.notebook import NotANotebook, Notebook
from torchcheck.reading.program import Unreadable as Unreadable
from torchcheck.reading.shown import after_prompts, ends_of_cells
from torchcheck.reading.snippet import python_2
from torchcheck.records import frozen
from torchcheck.textfile import SourceText

_TOO_LARGE = 2_000_000
"""Characters that would take even Python's own parser longer than anybody waits: such a file is left alone."""
_NO_NOTEBOOK = "Save the notebook again where it was made, or leave it out with `exclude`."


class SourceFile:
    """One file of the project.

    Args:
        path: as given by the user, for messages.
        data: its content.
        rows: those that it has of its file, where that holds several programs.

    Attributes:
        text: the program that is read; for most files, the text of the file.
        language: `python`, or what the kernel of a notebook runs.
        broken: what is wrong with the cells of a notebook that were left out, in rows of `text`.
        cell_ends: the rows of `text` that end a cell: an expression that ends there is displayed.
        tree: its syntax tree, as long as somebody keeps it here.

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
        self._layout: Layout | None = None
        self._body: list[ir.Stmt] | None = None
        if self.name.endswith(".ipynb"):
            self._read_cells()

    @property
    def is_too_large(self) -> bool:
        """Whether the program is so large that it is left alone."""
        return len(self.text) > _TOO_LARGE

    def look(self) -> ast.Module:
        """The syntax tree. Raises Unreadable."""
        if self.is_too_large:
            raise Unreadable("it is too large")
        tree = _tree(self.text)
        if not isinstance(tree, Unreadable):
            return tree
        if tree.hopeless or self._layout is not None:
            raise tree
        snippet = program.of_snippet(self.text, _trouble)
        if snippet is not None:
            self.text, self._layout = snippet.text, snippet.layout
            return ast.parse(self.text)
        older = _of_newer_python(self.text)
        if older is None:
            raise tree
        return older

    def located(self, span: Span) -> Span:
        """Where a stretch of the program stands in the file: in which cell, below which indentation."""
        return span if self._layout is None else self._layout.span(span)

    def located_fix(self, fix: Fix) -> Fix | None:
        """A fix of the program as one of the file; None where it would reach into two cells."""
        return fix if self._layout is None else self._layout.fix(fix)

    @property
    def displayed(self) -> frozenset[int]:
        """The rows of `text` at which an expression that ends there is shown, its value not thrown away."""
        if self.cell_ends or self._layout is None:
            return self.cell_ends or ends_of_cells(self.text.split("\n"))
        return after_prompts(row.prefix for row in self._layout.rows)

    @property
    def lowered(self) -> bool:
        """Whether anybody has asked for its statements."""
        return self._body is not None

    def body(self) -> list[ir.Stmt]:
        """The statements of the file; empty when it can't be read."""
        if self._body is None:
            from torchcheck.lint.lower import lower_module

            try:
                self._body = lower_module(self.tree or self.look())
            except Unreadable:
                self._body = []
        return self._body

    @cached_property
    def places(self) -> Rows:
        """The rows of the program, and where nodes stand in them."""
        return Rows(self.text)

    def text_of(self, node: Any) -> str:
        """A node as the user wrote it; of a function or class, with its decorators."""
        start, end = self.places.extent(node)
        for decorator in getattr(node, "decorator_list", ()):
            start = min(start, self.places.extent(decorator)[0])
        return self.places.between(start, end)

    def span(self, node: Any) -> Span:
        """Where a node stands in the program."""
        return Span(self.name, *self.places.extent(node))

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


@frozen(eq=False)
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


def _tree(text: str) -> ast.Module | Unreadable:
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
        if not isinstance(error, SyntaxError):
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
    tree = _tree(text)
    return tree if isinstance(tree, Unreadable) else None


def _of_newer_python(text: str) -> ast.Module | None:
    """The syntax tree of a text that only a newer Python can parse; None where it is not Python at all."""
    from torchcheck.lint.newer import as_older

    older = as_older(text)
    tree = _tree(older) if older is not None else None
    return tree if isinstance(tree, ast.Module) else None

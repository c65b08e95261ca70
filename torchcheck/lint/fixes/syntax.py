"""A file as libcst reads it, for those who edit it: with its blanks, its comments and its parentheses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Fix, Position, Span
from torchcheck.lint.form_feeds import without_form_feeds
from torchcheck.lint.parser import parse, positions
from torchcheck.lint.source import SourceFile

_Extent = tuple[Position, Position]


class Syntax:
    """The libcst module of a file, and where its nodes stand.

    Attributes:
        text: the program.
        module: its libcst module.
    """

    def __init__(self, file: SourceFile, module: cst.Module, taken: Mapping[int, int]) -> None:
        self.text = file.text
        self._taken = taken  # by row, characters before what libcst has read
        self.module = module
        self._file = file
        self._places = positions(module)

    def span(self, node: Any) -> Span:
        """Where a node stands in the program, one of libcst or of `ast`."""
        if isinstance(node, ast.AST):
            return self._file.span(node)
        place = self._places.get(node)
        if place is None:
            return Span(self._file.name, Position(1, 1), Position(1, 1))
        return Span(self._file.name, self._position(place.start), self._position(place.end))

    def _position(self, point: Any) -> Position:
        return Position(point.line, point.column + 1 + self._taken.get(point.line, 0))

    def text_of(self, node: Any) -> str:
        """A node as the user wrote it, one of libcst or of `ast`."""
        if isinstance(node, ast.AST):
            return self._file.text_of(node)
        return self.module.code_for_node(node).strip()

    def between(self, start: Position, end: Position) -> str:
        """The text from one place to another, its lines joined by a newline."""
        return self._file.places.between(start, end)

    def lines(self) -> list[str]:
        """The lines as Python counts them, with their ends."""
        return self._file.places.whole

    def node_of(self, node: ast.AST) -> Any:
        """The libcst node of an `ast` node; None where they can't be matched."""
        start, end = self._file.places.extent(node)
        if isinstance(node, ast.stmt):
            return self._statements.get(start)
        return self._expressions.get((start, end))

    @cached_property
    def _statements(self) -> dict[Position, Any]:
        kinds = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
        return {self.span(node).start: node for node in self._places if isinstance(node, kinds)}

    @cached_property
    def _expressions(self) -> dict[_Extent, Any]:
        """`ast` counts the parentheses of a tuple or generator as part of it."""
        found: dict[_Extent, Any] = {}
        for node in self._places:
            if isinstance(node, cst.BaseExpression):
                start, end = self.span(node).start, self.span(node).end
                if isinstance(node, cst.Tuple | cst.GeneratorExp) and node.lpar:
                    start, end = self.span(node.lpar[-1]).start, self.span(node.rpar[0]).end
                found[start, end] = node
        return found


@lru_cache(maxsize=2)
def syntax_of(file: SourceFile) -> Syntax | None:
    """The syntax of a file; None where libcst can't parse it."""
    text, taken = without_form_feeds(file.text)
    module = parse(text)
    return Syntax(file, module, taken) if module is not None else None


def fix_of(file: SourceFile, make: Callable[[Syntax], Fix | None]) -> FixMaker:
    """A fix that is made with the syntax of a file; none where libcst can't parse it."""

    def made() -> Fix | None:
        syntax = syntax_of(file)
        return make(syntax) if syntax is not None else None

    return made

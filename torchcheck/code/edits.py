"""Fixes made from views: small edits of the user's text that keep its formatting and comments."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchcheck.finding import Edit, Fix, Position

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView
    from torchcheck.code.file import FileView
    from torchcheck.code.nodes import CallView, ExprView, NodeView

FixMaker = Callable[[], Fix | None]


class Edits:
    """Makes the fixes of one file. Each method gives a `FixMaker`, asked only where a finding is shown."""

    def __init__(self, file: FileView) -> None:
        self._file = file

    def replace(self, view: NodeView, content: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put `content` in the place of an expression or statement."""
        return lambda: Fix(message, (self._edit(view.node, content),), safe)

    def insert_after(self, view: NodeView, content: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put `content` right behind it: `.clone()`, `()`."""

        def make() -> Fix:
            end = self._file.span_of(view.node).end
            return Fix(message, (Edit(end, end, content),), safe)

        return make

    def insert_before(self, view: NodeView, content: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put `content` right before it: `x = `."""

        def make() -> Fix:
            start = self._file.span_of(view.node).start
            return Fix(message, (Edit(start, start, content),), safe)

        return make

    def wrap(self, view: NodeView, before: str, after: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put text on both sides of an expression: `copy.deepcopy(` and `)`."""

        def make() -> Fix:
            span = self._file.span_of(view.node)
            return Fix(message, (Edit(span.start, span.start, before), Edit(span.end, span.end, after)), safe)

        return make

    def unwrap(self, outer: NodeView, inner: NodeView, message: str, *, safe: bool = False) -> FixMaker:
        """Put a part of an expression in the place of the whole, unless a comment would be lost."""

        def make() -> Fix | None:
            whole, part = self._file.source_of(outer.node), self._file.source_of(inner.node)
            if whole.count("#") > part.count("#") or ("\n" in part and not part.endswith((")", "]", "}"))):
                return None
            return Fix(message, (self._edit(outer.node, part),), safe)

        return make

    def add_argument(self, call: CallView, argument: str, message: str, *, safe: bool = False) -> FixMaker:
        """Append `keyword=value` to a call."""

        def make() -> Fix | None:
            end = self._file.span_of(call.node).end
            line = self._file.lines[end.row - 1]
            close = end.column - 2
            if close < 0 or line[close : close + 1] != ")":
                return None
            given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
            at = Position(end.row, close + 1)
            if not given:
                return Fix(message, (Edit(at, at, argument),), safe)
            last = self._file.span_of(max(given, key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0))).end
            if last.row == end.row:
                comma = "," in line[last.column - 1 : close]
                return Fix(message, (Edit(at, at, (" " if comma else ", ") + argument),), safe)
            between = [self._file.lines[last.row - 1][last.column - 1 :], *self._file.lines[last.row : end.row - 1]]
            if any(text.split("#")[0].strip() not in ("", ",") for text in between) or line[:close].strip():
                return None
            return Fix(message, (Edit(last, last, f", {argument}"),), safe)

        return make

    def replace_keyword(self, value: ExprView, content: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put `content` in the place of the whole argument `keyword=value`, by its value."""

        def make() -> Fix | None:
            keyword = self._file.tree.parent(value.node)
            return Fix(message, (self._edit(keyword, content),), safe) if isinstance(keyword, ast.keyword) else None

        return make

    def replace_called(self, call: CallView, name: str, first: str, message: str, *, safe: bool = False) -> FixMaker:
        """Call something else instead, with one more argument in front."""

        def make() -> Fix | None:
            func, end = self._file.span_of(call.node.func), self._file.span_of(call.node).end
            rest = self._file.source_of(call.node)[len(self._file.source_of(call.node.func)) :]
            if not rest.startswith("("):
                return None
            inner = Position(func.end.row, func.end.column + 1)
            comma = "" if inner == Position(end.row, end.column - 1) else ", "
            return Fix(message, (self._edit(call.node.func, name), Edit(inner, inner, first + comma)), safe)

        return make

    def drop_statement(self, view: NodeView, message: str, *, safe: bool = False) -> FixMaker:
        """Delete the statement that an expression stands in; `pass` where it is the only one of its block."""

        def make() -> Fix | None:
            statement = self._statement(view.node)
            return Fix(message, (self._dropping(statement),), safe) if statement is not None else None

        return make

    def insert_first(self, function: FunctionView, content: str, message: str, *, safe: bool = False) -> FixMaker:
        """Put a statement before the others of a function, behind its docstring."""

        def make() -> Fix | None:
            edit = self._first(function, content)
            return Fix(message, (edit,), safe) if edit is not None else None

        return make

    def move_first(self, view: NodeView, function: FunctionView, message: str, *, safe: bool = False) -> FixMaker:
        """Make an expression that stands alone the first statement of its function."""

        def make() -> Fix | None:
            edit = self._first(function, self._file.source_of(view.node))
            statement = self._statement(view.node)
            if edit is None or statement is None or statement.lineno != statement.end_lineno:
                return None
            return Fix(message, (edit, self._dropping(statement)), safe)

        return make

    def _first(self, function: FunctionView, content: str) -> Edit | None:
        body: list[ast.stmt] = function.node.body
        documented = len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        start = self._file.span_of(body[1 if documented else 0]).start
        indent = self._file.lines[start.row - 1][: start.column - 1]
        return Edit(start, start, f"{content}\n{indent}") if not indent.strip() else None

    def _dropping(self, statement: ast.stmt) -> Edit:
        block = self._block_of(statement)
        span = self._file.span_of(statement)
        lines = self._file.lines
        alone = not lines[span.start.row - 1][: span.start.column - 1].strip()
        rest = lines[span.end.row - 1][span.end.column - 1 :].strip()
        if block is None or len(block) == 1 or not alone or rest:
            return Edit(span.start, span.end, "pass")
        start, end = Position(span.start.row, 1), Position(span.end.row + 1, 1)
        if span.end.row == len(lines):
            end = Position(span.end.row, len(lines[-1]) + 1)
        return Edit(start, end, "")

    def _edit(self, node: Any, content: str) -> Edit:
        span = self._file.span_of(node)
        return Edit(span.start, span.end, content)

    def _statement(self, node: ast.AST) -> ast.stmt | None:
        current: ast.AST | None = node
        while current is not None and not isinstance(current, ast.stmt):
            current = self._file.tree.parent(current)
        return current

    def _block_of(self, statement: ast.stmt) -> list[ast.stmt] | None:
        parent = self._file.tree.parent(statement)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and statement in block:
                return block
        return None

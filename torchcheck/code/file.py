"""The view of a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from typing import Any

from torchcheck.code.cached import cached
from torchcheck.code.definitions import ClassView, FunctionView
from torchcheck.code.edits import Edits
from torchcheck.code.imports import ImportView
from torchcheck.code.loops import LoopView, loop_around
from torchcheck.code.nodes import AssignView, CallView, ExprView, FunctionNode, NodeView
from torchcheck.code.resolve import Resolver
from torchcheck.code.rows import Rows
from torchcheck.code.scopes import How, Tree
from torchcheck.code.walk import children, walk
from torchcheck.finding import Position, Span
from torchcheck.patterns import pattern

_NAME = pattern(r"[^\W\d]\w*")


class FileView:
    """One file.

    Attributes:
        name: as findings call it.
        text: its source.
        tree: its syntax tree, for the views only.
        resolver: what names mean in it.
        made: the views of its expressions, by their kind and node.
        located: where a stretch of the text stands in the file that it was read from (a notebook, a page).
        displayed: the rows at which an expression that ends there is shown, as at the end of a notebook's cell.
    """

    def __init__(
        self,
        name: str,
        text: str,
        tree: Tree,
        resolver: Resolver,
        located: Callable[[Span], Span] = lambda span: span,
        displayed: Container[int] = (),
    ) -> None:
        self.located = located
        self.displayed = displayed
        self.name = name
        self.text = text
        self.tree = tree
        self.resolver = resolver
        self.made: dict[tuple[type, ast.AST], NodeView] = {}
        self._class_views: dict[ast.ClassDef, ClassView] = {}
        self._function_views: dict[FunctionNode, FunctionView] = {}
        self.neighbours: Callable[[], Iterable[str]] = tuple
        resolver.serve(self)

    @property
    def edits(self) -> Edits:
        """Makes fixes in it."""
        return Edits(self)

    def is_used_nearby(self, attribute: str) -> bool:
        """Whether another file of its directory reads or deletes an attribute of this name from something not `self`.

        The text tells: of `decoder.conv_s0(x)` it is enough that somebody knows the name. It is asked last.
        """
        used = re.compile(rf"(?:(?<!self)\.|\bdel self\.){re.escape(attribute)}\b")
        return any(used.search(text) for text in self.neighbours())

    def rest(self) -> None:
        """Drop the views that were made of its parts, and all that they remember.

        They hold the file and one another: without this it would outlive its use.
        """
        for name in [n for n in self.__dict__ if isinstance(getattr(FileView, n, None), cached)]:
            if name != "identifiers":
                del self.__dict__[name]
        for views in (self.made, self._class_views, self._function_views):
            for view in views.values():
                view.__dict__.clear()
            views.clear()

    @property
    def lines(self) -> list[str]:
        """The lines as Python counts them, without their ends."""
        return self.rows.lines

    @cached
    def calls(self) -> list[CallView]:
        """Every call, in no particular order."""
        return [CallView(self, node) for node in self.tree.of_type(ast.Call)]

    @cached
    def assignments(self) -> list[AssignView]:
        """Every assignment with one `=` target after another: `a = b = value` gives two."""
        return list(_assignments(self))

    @cached
    def expression_statements(self) -> list[ExprView]:
        """The expressions that stand alone as statements."""
        return [ExprView(self, node.value) for node in self.tree.of_type(ast.Expr)]  # type: ignore[attr-defined]

    @cached
    def classes(self) -> list[ClassView]:
        return [self.class_view(node) for node in self.tree.of_type(ast.ClassDef)]  # type: ignore[arg-type]

    @cached
    def functions(self) -> list[FunctionView]:
        """Every function and method, lambdas left out."""
        nodes = self.tree.of_type(ast.FunctionDef, ast.AsyncFunctionDef)
        return [self.function_view(node) for node in nodes]  # type: ignore[arg-type]

    @cached
    def imports(self) -> list[ImportView]:
        """Every name that is imported, anywhere in the file."""
        statements = self.tree.of_type(ast.Import, ast.ImportFrom)
        return [ImportView(self, alias) for statement in statements for alias in statement.names]  # type: ignore[attr-defined]

    def references(self, names: Container[str]) -> list[ExprView]:
        """Where names and attributes of these are read, by their last part."""
        found = [n for n in self.tree.of_type(ast.Name) if n.id in names]  # type: ignore[attr-defined]
        found += [n for n in self.tree.of_type(ast.Attribute) if n.attr in names]  # type: ignore[attr-defined]
        return [ExprView(self, node) for node in found if isinstance(node.ctx, ast.Load)]  # type: ignore[attr-defined]

    @cached
    def identifiers(self) -> frozenset[str]:
        """Every name and attribute that the file mentions."""
        names = {node.id for node in self.tree.of_type(ast.Name)}  # type: ignore[attr-defined]
        return frozenset(names | {node.attr for node in self.tree.of_type(ast.Attribute)})  # type: ignore[attr-defined]

    @cached
    def keywords(self) -> frozenset[str]:
        """The names of the keyword arguments that are passed anywhere in the file."""
        return frozenset(node.arg for node in self.tree.of_type(ast.keyword) if node.arg is not None)  # type: ignore[attr-defined]

    @cached
    def may_hold_tensors(self) -> bool:
        """Whether its unknown values may be tensors: it speaks of torch, or is a piece of code without its imports."""
        return "torch" in self.text or not any(True for _ in self.tree.of_type(ast.Import, ast.ImportFrom))

    def loop_around(self, view: NodeView) -> LoopView | None:
        """The innermost loop in whose body something stands, within its function."""
        return loop_around(self, view.node)

    @cached
    def vocabulary(self) -> frozenset[str]:
        """Every name that the file mentions in whatever place, and every text in it but the docstrings."""
        return frozenset(self.identifiers.union(*map(_words_of, self.tree.of_type(*_WORDED))))

    def says(self, names: Collection[str]) -> bool:
        """Whether any of these is in its vocabulary."""
        return any(name in self.text for name in names) and not self.vocabulary.isdisjoint(names)

    @property
    def project_files(self) -> list[FileView]:
        """The other files of the project that it imports, and those that they import in turn."""
        return self.resolver.imported_files()

    @property
    def is_started_by_hand(self) -> bool:
        """Whether it does its work when it is run: `if __name__ == …`, or a call of a function of its own."""
        for node in self.tree.module.body:
            if isinstance(node, ast.If) and any(isinstance(n, ast.Name) and n.id == "__name__" for n in walk(node)):
                return True
            call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
            name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
            if any(binding.how is How.FUNCTION for binding in self.tree.scope.bindings.get(name, ())):
                return True
        return False

    def attributes(self, name: str) -> list[ExprView]:
        """Every `base.name`, read or written."""
        found = self.tree.of_type(ast.Attribute)
        return [ExprView(self, node) for node in found if node.attr == name]  # type: ignore[attr-defined]

    @cached
    def attribute_reads(self) -> dict[str, list[ExprView]]:
        """Where attributes are read or deleted, by their names; `self.fc` in `self.fc = …` is neither."""
        reads: dict[str, list[ExprView]] = {}
        for node in self.tree.of_type(ast.Attribute):
            if not isinstance(node.ctx, ast.Store):  # type: ignore[attr-defined]
                reads.setdefault(node.attr, []).append(ExprView(self, node))  # type: ignore[attr-defined]
        return reads

    @cached
    def words_in_texts(self) -> frozenset[str]:
        """The names that stand in string literals, docstrings left out."""
        found: set[str] = set()
        for node in self.tree.of_type(ast.Constant):
            if isinstance(node.value, str) and not isinstance(self.tree.parent(node), ast.Expr):  # type: ignore[attr-defined]
                found.update(_NAME.findall(node.value))  # type: ignore[attr-defined]
        return frozenset(found)

    def calls_in(self, view: NodeView) -> list[CallView]:
        """The calls that an expression or statement is made of, itself included."""
        return [CallView(self, node) for node in walk(view.node) if isinstance(node, ast.Call)]

    def loop_source(self, view: ExprView) -> ExprView | None:
        """What the only loop that binds a name runs over: `model.parameters()` for its `p`."""
        found = view.scope.find(view.identifier) if view.identifier is not None else None
        if found is None or len(found[1]) != 1 or found[1][0].how is not How.ITEM:
            return None
        node = found[1][0].node
        return ExprView(self, node) if isinstance(node, ast.expr) else None

    def class_view(self, node: ast.ClassDef) -> ClassView:
        """The view of a class of this file, the same each time."""
        if node not in self._class_views:
            self._class_views[node] = ClassView(self, node)
        return self._class_views[node]

    def function_view(self, node: FunctionNode) -> FunctionView:
        """The view of a function of this file, the same each time."""
        if node not in self._function_views:
            self._function_views[node] = FunctionView(self, node)
        return self._function_views[node]

    def spelling(self, name: str) -> str | None:
        """How the file can write something from outside (`torch.nn.Parameter`); None where it imports nothing of it."""
        for bound in self.tree.scope.bindings:
            known = self.resolver.dotted_global(bound)
            if known is not None and (name == known or name.startswith(f"{known}.")):
                return bound + name[len(known) :]
        return None

    @cached
    def rows(self) -> Rows:
        """Its rows, and where nodes stand in them."""
        return Rows(self.text)

    def position(self, row: int, offset: int) -> Position:
        """From a row and an offset in UTF-8 bytes, as `ast` counts, to row and column from 1."""
        return self.rows.position(row, offset)

    def span_of(self, node: Any) -> Span:
        """Where a node stands in the text."""
        return Span(self.name, *self.rows.extent(node))

    def source_of(self, node: Any) -> str:
        """A node exactly as the user wrote it, lines and all."""
        return self.rows.between(*self.rows.extent(node))


def _assignments(file: FileView) -> Iterator[AssignView]:
    for node in file.tree.of_type(ast.Assign, ast.AnnAssign, ast.NamedExpr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
        value = node.value  # type: ignore[attr-defined]
        if value is None:
            continue
        for target in targets:
            yield from _pairs(file, node, target, value)


def _pairs(file: FileView, node: ast.AST, target: ast.expr, value: ast.expr) -> Iterator[AssignView]:
    both = isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List)
    if both and len(target.elts) == len(value.elts):  # type: ignore[attr-defined]
        for one, other in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
            yield from _pairs(file, node, one, other)
    elif isinstance(target, ast.Tuple | ast.List) and (each := _repeated(value)) is not None:
        for one in target.elts:
            yield from _pairs(file, node, one, each)
    elif isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            inner = one.value if isinstance(one, ast.Starred) else one
            yield AssignView(file, node, ExprView(file, inner), ExprView(file, value), unpacked=True)
    else:
        yield AssignView(file, node, ExprView(file, target), ExprView(file, value))


def _repeated(value: ast.expr) -> ast.expr | None:
    """The item of `(nn.Linear(d, d) for _ in range(3))`: all are made in the same way."""
    if not isinstance(value, ast.GeneratorExp | ast.ListComp) or len(value.generators) != 1:
        return None
    target = value.generators[0].target
    drawn = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    read = {n.id for n in ast.walk(value.elt) if isinstance(n, ast.Name)}
    return value.elt if drawn.isdisjoint(read) else None


_WORDED: tuple[type, ...] = (
    *(ast.keyword, ast.arg, ast.alias, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ImportFrom),
    *(ast.Assign, ast.Call, ast.Dict, ast.Subscript, ast.List, ast.Tuple, ast.Compare),
)
"""Where names and texts stand that are no expressions of their own."""


def _words_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias):
        yield node.name
    if isinstance(node, ast.keyword | ast.arg) and node.arg is not None:
        yield node.arg
    if isinstance(node, ast.ImportFrom) and node.module is not None:
        yield node.module
    for part in children(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value

"""Views of functions and classes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.code.cached import cached
from torchcheck.code.layers import class_owns_parameters
from torchcheck.code.nodes import AssignView, CallView, ExprView, FunctionNode, NodeView
from torchcheck.code.walk import children, walk
from torchcheck.finding import Position, Span

if TYPE_CHECKING:
    from torchcheck.code.file import FileView


class FunctionView(NodeView):
    """A function or method."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return str(self.node.name)

    @property
    def place(self) -> Span:
        """Its `def` and name, without the body."""
        return _head(self)

    @cached
    def owner(self) -> ClassView | None:
        """The class that it is a method of."""
        parent = self.file.tree.parent(self.node)
        return self.file.class_view(parent) if isinstance(parent, ast.ClassDef) else None

    @property
    def decorators(self) -> list[ExprView]:
        """What decorates it; of `@decorator(…)`, the decorator."""
        nodes = self.node.decorator_list
        return [ExprView(self.file, node.func if isinstance(node, ast.Call) else node) for node in nodes]

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, `*args` and `**kwargs` left out."""
        arguments = self.node.args
        return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]

    @cached
    def nodes(self) -> list[ast.AST]:
        """Everything in its body, functions and classes within it left out."""
        return list(_own_nodes(self.node.body))

    @property
    def is_generator(self) -> bool:
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in self.nodes)

    @property
    def is_stub(self) -> bool:
        """Whether its body does nothing: a docstring, `pass`, `...` or `raise NotImplementedError`."""
        return all(
            isinstance(node, ast.Pass | ast.Raise)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for node in self.node.body
        )

    @property
    def _undocumented(self) -> list[ast.stmt]:
        body: list[ast.stmt] = self.node.body
        documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        return body[1:] if documented else body

    @property
    def is_one_statement(self) -> bool:
        """Whether its body is one statement, beside the docstring."""
        return len(self._undocumented) == 1

    @property
    def opening(self) -> ExprView | None:
        """Its first statement behind the docstring, where that is an expression."""
        first = self._undocumented[:1]
        return ExprView(self.file, first[0].value) if first and isinstance(first[0], ast.Expr) else None

    @cached
    def calls(self) -> list[CallView]:
        """The calls in its body, functions within it left out, in the order of the source."""
        nodes = [node for node in self.nodes if isinstance(node, ast.Call)]
        nodes.sort(key=lambda node: (node.lineno, node.col_offset))
        return [CallView(self.file, node) for node in nodes]

    @cached
    def assignments(self) -> list[AssignView]:
        """The assignments in its body, functions within it left out, in the order of the source."""
        inside = set(self.nodes)
        return [view for view in self.file.assignments if view.node in inside]

    def is_unconditional(self, view: NodeView) -> bool:
        """Whether the statement that a view stands in is one of the body's own, in no branch and no loop."""
        nodes = (view.node, *self.file.tree.ancestors(view.node))
        statement = next(node for node in nodes if isinstance(node, ast.stmt))
        return statement in self.node.body

    @cached
    def returns(self) -> list[ExprView | None]:
        """The values of its return statements; None for a bare one."""
        found = [node for node in self.nodes if isinstance(node, ast.Return)]
        return [ExprView(self.file, node.value) if node.value is not None else None for node in found]


class ClassView(NodeView):
    """A class."""

    __slots__ = ("_is_asked",)

    def __init__(self, file: FileView, node: ast.ClassDef) -> None:
        super().__init__(file, node)
        self._is_asked = False

    @property
    def name(self) -> str:
        return str(self.node.name)

    @property
    def place(self) -> Span:
        """Its `class` and name, without the body."""
        return _head(self)

    @cached
    def is_module(self) -> bool | None:
        """Whether it derives from `torch.nn.Module`; None where a base isn't known."""
        return self.file.resolver.derives(self.node, self.scope, "torch.nn.Module")

    @cached
    def bases(self) -> list[ExprView]:
        return [ExprView(self.file, node) for node in self.node.bases]

    @property
    def decorators(self) -> list[ExprView]:
        """What decorates it; of `@decorator(…)`, the decorator."""
        nodes = self.node.decorator_list
        return [ExprView(self.file, node.func if isinstance(node, ast.Call) else node) for node in nodes]

    @property
    def has_keywords(self) -> bool:
        """Whether it is made with keywords, such as a metaclass."""
        return bool(self.node.keywords)

    @cached
    def owns_parameters(self) -> bool | None:
        """Whether it is a module with parameters; None where that isn't known."""
        if self._is_asked:  # it holds one of its own kind
            return None
        self._is_asked = True
        return class_owns_parameters(self)

    @cached
    def lineage(self) -> list[ClassView]:
        """Itself and the classes of the project that it derives from, nearest first."""
        return [file.class_view(node) for file, node in self.file.resolver.lineage(self.file, self.node)]

    @cached
    def has_unknown_base(self) -> bool:
        """Whether some ancestor is neither a class of the project nor known from outside."""
        return self.file.resolver.has_unknown_base(self.node, self.scope)

    @cached
    def identifiers(self) -> frozenset[str]:
        """Every name and attribute that it mentions."""
        inside = list(walk(self.node))
        names = {node.id for node in inside if isinstance(node, ast.Name)}
        return frozenset(names | {node.attr for node in inside if isinstance(node, ast.Attribute)})

    @cached
    def methods(self) -> dict[str, FunctionView]:
        """The methods that it defines itself, the last of each name."""
        return {n.name: self.file.function_view(n) for n in self.node.body if isinstance(n, FunctionNode)}

    def method(self, name: str) -> FunctionView | None:
        """A method of its own or of a class of the project that it derives from."""
        return next((view.methods[name] for view in self.lineage if name in view.methods), None)

    def reached(self, *names: str) -> list[FunctionView]:
        """The methods of these names, and those that they call on `self`, its own and inherited ones."""
        found: list[FunctionView] = []
        waiting = [self.method(name) for name in names]
        while waiting:
            method = waiting.pop(0)
            if method is not None and method not in found:
                found.append(method)
                called = [call.func.self_attribute for call in method.calls]
                waiting += [self.method(name) for name in called if name is not None]
        return found

    @cached
    def initializers(self) -> list[FunctionView]:
        """`__init__` and the methods that it calls on `self`."""
        return self.reached("__init__")

    @cached
    def self_assignments(self) -> list[tuple[str, AssignView]]:
        """The attributes that its own methods set on `self`, in the order of the source."""
        inside = {node for method in self.methods.values() for node in method.nodes}
        return [
            (view.target.self_attribute, view)
            for view in self.file.assignments
            if view.target.self_attribute is not None and view.node in inside
        ]

    def own_calls(self) -> Iterator[CallView]:
        """The calls in its own methods."""
        for method in self.methods.values():
            yield from method.calls


def _head(view: FunctionView | ClassView) -> Span:
    row = view.node.lineno
    column = view.file.position(row, view.node.col_offset).column
    end = view.file.lines[row - 1].find(view.name, column - 1)
    span = Span(view.file.name, Position(row, column), Position(row, end + len(view.name) + 1))
    return view.file.located(span)


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(children(node))

"""Views of expressions, calls and assignments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from torchcheck.code import guards
from torchcheck.code.building import built_by
from torchcheck.code.cached import cached
from torchcheck.code.conditions import conditions_of
from torchcheck.code.kinds import Kind
from torchcheck.code.literals import NOT_LITERAL, literal
from torchcheck.code.remarks import remarks_on
from torchcheck.code.scopes import How, Scope
from torchcheck.code.walk import walk
from torchcheck.code.words import words_in
from torchcheck.finding import Span
from torchcheck.records import record

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView, FunctionView
    from torchcheck.code.file import FileView

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class NodeView:
    """Anything that stands somewhere in a file. It is its own place (see `facts.place.Place`)."""

    __slots__ = ("__dict__", "file", "node")

    def __init__(self, file: FileView, node: Any) -> None:
        self.file = file
        self.node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NodeView) and other.node is self.node

    def __hash__(self) -> int:
        return id(self.node)

    def span(self) -> Span:
        """File, rows and columns."""
        return self.file.located(self.file.span_of(self.node))

    @cached
    def scope(self) -> Scope:
        return self.file.tree.scope_of(self.node)

    @cached
    def function(self) -> FunctionView | None:
        """The innermost function around it."""
        for node in self.file.tree.ancestors(self.node):
            if isinstance(node, FunctionNode):
                return self.file.function_view(node)
        return None

    @cached
    def in_class(self) -> ClassView | None:
        """The innermost class around it, through functions."""
        for node in self.file.tree.ancestors(self.node):
            if isinstance(node, ast.ClassDef):
                return self.file.class_view(node)
        return None

    @property
    def in_loop(self) -> bool:
        """Whether it runs again and again within its function: in the body of a loop, or in a comprehension."""
        child = self.node
        for node in self.file.tree.ancestors(self.node):
            if isinstance(node, (*_COMPREHENSIONS,)):
                return True
            if isinstance(node, _LOOPS) and child is not getattr(node, "iter", None) and child not in node.orelse:
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
                return False
            child = node
        return False

    def within(self, *names: str) -> bool:
        """Whether it runs under `with` a call of, or in a function decorated by, one of these dotted names."""
        for node in self.file.tree.ancestors(self.node):
            parts = [item.context_expr for item in node.items] if isinstance(node, ast.With | ast.AsyncWith) else []
            parts += node.decorator_list if isinstance(node, FunctionNode) else []
            for part in parts:
                target = part.func if isinstance(part, ast.Call) else part
                if ExprView(self.file, target).name in names:
                    return True
        return False

    @property
    def expects_error(self) -> bool:
        """Whether it runs where an error is awaited: in a `try` with handlers, or under `raises`, `warns`…"""
        return guards.expects_error(self.file.tree, self.node)

    @property
    def caught(self) -> frozenset[str]:
        """The names of the exceptions of each `try` around it; "" for a bare `except`."""
        return frozenset(guards.caught(self.file.tree, self.node))

    @property
    def is_repeated_for_its_cost(self) -> bool:
        """Whether it runs in a loop that counts and does nothing else (`for _ in range(100)`), as timings do."""
        for node in self.file.tree.ancestors(self.node):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id.startswith("_"):
                return True
        return False

    @cached
    def conditions(self) -> list[ExprView]:
        """The tests around it in its function, and those of each `if` before it that may leave the block."""
        return [ExprView(self.file, test) for test in conditions_of(self.file.tree, self.node)]

    @property
    def remarks(self) -> str:
        """What the user says of it, in small letters: comments in its lines and right above, docstrings around it."""
        return remarks_on(self.file, self.node)

    @property
    def words(self) -> frozenset[str]:
        """The words that the names and attributes in it are made of: `drop` and `mask` of `self.drop_mask`."""
        return words_in(self.node)

    def is_before(self, other: NodeView) -> bool:
        """Whether it stands before something else in the file."""
        return (self.node.lineno, self.node.col_offset) < (other.node.lineno, other.node.col_offset)

    def mentions(self, *identifiers: str) -> bool:
        """Whether a name or attribute of these occurs in it."""
        return not self._mentioned.isdisjoint(identifiers)

    @cached
    def _mentioned(self) -> frozenset[str]:
        return frozenset(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in walk(self.node)
            if isinstance(node, ast.Name | ast.Attribute)
        )


class _Once(type):
    """Makes one view of a node, so that what one rule has asked of it is known to all others."""

    def __call__(cls, file: FileView, node: Any) -> Any:
        made = file.made
        view = made.get((cls, node))
        if view is None:
            view = made[cls, node] = super().__call__(file, node)
        return view


class ExprView(NodeView, metaclass=_Once):
    """An expression."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """As the user wrote it, on one line."""
        return " ".join(self.file.source_of(self.node).split())

    @cached
    def name(self) -> str | None:
        """The dotted name of something outside the project that it means (`torch.nn.Linear`); None for all else."""
        return self.file.resolver.dotted(self.node, self.scope)

    @cached
    def kind(self) -> Kind:
        """What kind of thing it is."""
        return self.file.resolver.kind(self.node, self.scope)

    @property
    def identifier(self) -> str | None:
        """The name, for a plain name."""
        return self.node.id if isinstance(self.node, ast.Name) else None

    @property
    def attribute(self) -> str | None:
        """The last part of `base.attribute`."""
        return self.node.attr if isinstance(self.node, ast.Attribute) else None

    @property
    def base(self) -> ExprView | None:
        """What stands before `.attribute` or `[index]`."""
        if isinstance(self.node, ast.Attribute | ast.Subscript):
            return ExprView(self.file, self.node.value)
        return None

    @property
    def part(self) -> ExprView | None:
        """`fc.weight` for the `fc` in it."""
        parent = self.file.tree.parent(self.node)
        return ExprView(self.file, parent) if isinstance(parent, ast.Attribute) else None

    @property
    def self_attribute(self) -> str | None:
        """`fc` for `self.fc` in a method."""
        node = self.node
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            return node.attr
        return None

    @property
    def literal(self) -> Any:
        """The value of a literal (also `-1`, `(1, 2)`, `[…]`), else `NOT_LITERAL`."""
        return literal(self.node)

    @cached
    def constant(self) -> Any:
        """The literal that it is, or that the only assignment to the name gives; else `NOT_LITERAL`."""
        value = self.literal
        if value is NOT_LITERAL:
            single = self.file.resolver.single_value(self.node, self.scope)
            return ExprView(self.file, single).literal if single is not None else NOT_LITERAL
        return value

    @property
    def call(self) -> CallView | None:
        """Itself as a call."""
        return CallView(self.file, self.node) if isinstance(self.node, ast.Call) else None

    @cached
    def value(self) -> ExprView:
        """What the only assignment to this name gives it; itself for all else."""
        single = self.file.resolver.single_value(self.node, self.scope)
        return ExprView(self.file, single) if single is not None else self

    @property
    def items(self) -> list[ExprView] | None:
        """The items of a tuple, list or set display."""
        if isinstance(self.node, ast.Tuple | ast.List | ast.Set):
            return [ExprView(self.file, item) for item in self.node.elts]
        return None

    @property
    def is_part_of_a_batch(self) -> bool:
        """Whether it is a name that stands for one of several parts of what a loop takes from a data loader."""
        return self.file.resolver.is_part_of_a_batch(self.node, self.scope)

    @cached
    def built_by(self) -> CallView | None:
        """The call that makes it, for a name or attribute set in one place: `Net()` in `net = Net().to(device)`."""
        return built_by(self)

    @cached
    def instance_of(self) -> ClassView | None:
        """The class of the project that it is a module of."""
        call = self.built_by
        found = self.file.resolver.class_of_name(call.func.node, call.scope) if call is not None else None
        return found[0].class_view(found[1]) if found is not None else None

    @property
    def called(self) -> CallView | None:
        """The call of it, where it is what is called: `layer(x)` for `layer`."""
        parent = self.file.tree.parent(self.node)
        return CallView(self.file, parent) if isinstance(parent, ast.Call) and parent.func is self.node else None

    @property
    def entered(self) -> ExprView | None:
        """`open(…)` for the `file` of `with open(…) as file`."""
        found = self.scope.find(self.node.id) if isinstance(self.node, ast.Name) else None
        if found is None or len(found[1]) != 1 or found[1][0].how is not How.CONTEXT:
            return None
        node = found[1][0].node
        return ExprView(self.file, node) if isinstance(node, ast.expr) else None

    @property
    def annotation(self) -> ExprView | None:
        """What annotates the parameter of a function that the name stands for."""
        found = self.scope.find(self.node.id) if isinstance(self.node, ast.Name) else None
        nodes = [getattr(binding.node, "annotation", None) for binding in found[1]] if found is not None else []
        return next((ExprView(self.file, node) for node in nodes if node is not None), None)

    @property
    def names_class(self) -> ClassView | None:
        """The class of the project that it is the name of."""
        found = self.file.resolver.class_of_name(self.node, self.scope)
        return found[0].class_view(found[1]) if found is not None else None

    @property
    def names_a_type(self) -> bool:
        """Whether it stands in an annotation, or is what `isinstance` tests for."""
        return guards.names_a_type(self.file.tree, self.node)

    @property
    def is_statement(self) -> bool:
        """Whether it stands alone, and its value is thrown away."""
        return isinstance(self.file.tree.parent(self.node), ast.Expr)

    @property
    def is_displayed(self) -> bool:
        """Whether it stands alone where its value is shown: at the end of a cell, or typed at a prompt."""
        statement = self.file.tree.parent(self.node)
        row = statement.end_lineno if isinstance(statement, ast.Expr) else None
        if statement is None or row is None or row not in self.file.displayed:
            return False
        top = self.file.tree.parent(statement) is self.file.tree.module
        return top and not self.file.lines[row - 1].rstrip().endswith(";")


@record(eq=False)
class Arg:
    """An argument of a call: its keyword or position, and its value."""

    keyword: str | None
    position: int | None
    value: ExprView


class CallView(ExprView):
    """A call."""

    __slots__ = ()

    @cached
    def func(self) -> ExprView:
        return ExprView(self.file, self.node.func)

    @cached
    def target(self) -> str | None:
        """The dotted name of what is called, outside the project."""
        return self.func.name

    @property
    def last_name(self) -> str:
        """`step` in `optimizer.step()`, `Adam` in `Adam(…)`; empty where no name is called."""
        return self.func.attribute or self.func.identifier or ""

    @property
    def method(self) -> str | None:
        """`step` in `optimizer.step()`; None in a call of a plain name. A function of a module has a `target`."""
        return self.func.attribute

    @property
    def receiver(self) -> ExprView | None:
        """`optimizer` in `optimizer.step()`."""
        return self.func.base if self.func.attribute is not None else None

    @cached
    def arguments(self) -> list[Arg]:
        """The arguments, `*args` and `**kwargs` left out."""
        found = []
        for position, node in enumerate(self.node.args):
            if isinstance(node, ast.Starred):
                break
            found.append(Arg(None, position, ExprView(self.file, node)))
        return found + [Arg(k.arg, None, ExprView(self.file, k.value)) for k in self.node.keywords if k.arg is not None]

    @property
    def is_open(self) -> bool:
        """Whether `*args` or `**kwargs` may bring any other argument."""
        return any(isinstance(a, ast.Starred) for a in self.node.args) or any(k.arg is None for k in self.node.keywords)

    def argument(self, position: int | None, keyword: str | None = None) -> ExprView | None:
        """An argument by its position or its keyword; None where it isn't given (or may hide in `*args`)."""
        for arg in self.arguments:
            if (arg.keyword == keyword) if arg.keyword is not None else (arg.position == position):
                return arg.value
        return None


class AssignView(NodeView):
    """`target = value`.

    Attributes:
        target, value: both sides; of `a, b = c, d` each pair is one assignment.
        unpacked: the target is only a part of the value: `a, b = value`.
    """

    __slots__ = ("target", "unpacked", "value")

    def __init__(self, file: FileView, node: Any, target: ExprView, value: ExprView, unpacked: bool = False) -> None:
        super().__init__(file, node)
        self.target = target
        self.value = value
        self.unpacked = unpacked

    @property
    def is_whole_statement(self) -> bool:
        """Whether the statement assigns this and nothing else."""
        return isinstance(self.node, ast.Assign) and self.node.targets == [self.target.node]

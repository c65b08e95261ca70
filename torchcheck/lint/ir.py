"""What a program is to the interpreter: expressions and statements, each with the `ast` node that it came from.

What the interpreter has no use for becomes `Opaque`, an expression whose value is unknown and whose parts are still
evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

from torchcheck.records import record

Node = Any
"""An `ast` node. Typed loosely, since nothing but `lower`, `source` and `fixes` looks inside."""


@record(eq=False)
class Expr:
    node: Node


@record(eq=False)
class Name(Expr):
    id: str


@record(eq=False)
class Constant(Expr):
    value: Any


@record(eq=False)
class Attribute(Expr):
    value: Expr
    attr: str


@record(eq=False)
class Argument:
    """One argument of a call. `star` is empty, `*` or `**`."""

    value: Expr
    keyword: str | None
    star: str


@record(eq=False)
class Call(Expr):
    func: Expr
    args: list[Argument]


@record(eq=False)
class Display(Expr):
    """A tuple, list or set display."""

    kind: str
    items: list[Expr]


@record(eq=False)
class DictDisplay(Expr):
    """Keys are None where a mapping is unpacked."""

    items: list[tuple[Expr | None, Expr]]


@record(eq=False)
class Slice(Expr):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@record(eq=False)
class Subscript(Expr):
    value: Expr
    index: list[Expr]


@record(eq=False)
class Binary(Expr):
    op: str
    left: Expr
    right: Expr


@record(eq=False)
class Unary(Expr):
    op: str
    operand: Expr


@record(eq=False)
class Boolean(Expr):
    """`and` or `or`."""

    op: str
    left: Expr
    right: Expr


@record(eq=False)
class Compare(Expr):
    """`op` is empty for a chained comparison."""

    op: str
    left: Expr
    right: Expr


@record(eq=False)
class IfExp(Expr):
    test: Expr
    body: Expr
    orelse: Expr


@record(eq=False)
class Lambda(Expr):
    params: Parameters
    body: Expr


@record(eq=False)
class Comprehension(Expr):
    """`kind` is list, set, dict or generator; `key` only for a dict."""

    kind: str
    key: Expr | None
    element: Expr
    clauses: list[Clause]


@record(eq=False)
class Clause:
    target: Expr
    iterable: Expr
    conditions: list[Expr]


@record(eq=False)
class Starred(Expr):
    value: Expr


@record(eq=False)
class Walrus(Expr):
    target: Expr
    value: Expr


@record(eq=False)
class Opaque(Expr):
    """A value that is not followed; its parts are evaluated for what happens in them."""

    parts: list[Expr]


@record(eq=False)
class Yield(Expr):
    """`yield value`, or `yield from value`."""

    value: Expr
    each: bool


@record(eq=False)
class Parameter:
    name: str
    default: Expr | None
    annotation: Expr | None


@record(eq=False)
class Parameters:
    positional: list[Parameter]
    keyword_only: list[Parameter]
    star: str | None
    double_star: str | None

    def named(self) -> list[Parameter]:
        return self.positional + self.keyword_only


@record(eq=False)
class Stmt:
    node: Node


@record(eq=False)
class Assign(Stmt):
    targets: list[Expr]
    value: Expr
    annotation: Expr | None = None


@record(eq=False)
class AugAssign(Stmt):
    target: Expr
    op: str
    value: Expr


@record(eq=False)
class ExprStmt(Stmt):
    value: Expr


@record(eq=False)
class Return(Stmt):
    value: Expr | None


@record(eq=False)
class If(Stmt):
    test: Expr
    body: list[Stmt]
    orelse: list[Stmt]


@record(eq=False)
class For(Stmt):
    target: Expr
    iterable: Expr
    body: list[Stmt]
    orelse: list[Stmt]


@record(eq=False)
class While(Stmt):
    test: Expr
    body: list[Stmt]
    orelse: list[Stmt]


@record(eq=False)
class With(Stmt):
    items: list[tuple[Expr, Expr | None]]
    body: list[Stmt]


@record(eq=False)
class Try(Stmt):
    body: list[Stmt]
    handlers: list[list[Stmt]]
    orelse: list[Stmt]
    final: list[Stmt]


@record(eq=False)
class Pattern:
    """What a case looks for.

    `kind` is value (equal to `value`), capture (binds `name`; anything where that is None), or, sequence, class
    (attributes `keys`, one for each of `parts`), or other, which binds only what its parts capture.
    """

    kind: str
    name: str | None = None
    value: Expr | None = None
    parts: list[Pattern] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@record(eq=False)
class Match(Stmt):
    """`patterns` has one for each of `cases`, and whether a guard follows it."""

    subject: Expr
    cases: list[list[Stmt]]
    patterns: list[tuple[Pattern, Expr | None]]


@record(eq=False)
class Import(Stmt):
    """`names` holds (dotted name, name bound or None)."""

    names: list[tuple[str, str | None]]


@record(eq=False)
class ImportFrom(Stmt):
    """`names` is None for a star; `level` counts the leading dots."""

    module: str
    level: int
    names: list[tuple[str, str]] | None


@record(eq=False)
class Delete(Stmt):
    targets: list[Expr]


@record(eq=False)
class Jump(Stmt):
    """`break`, `continue` or `raise`."""

    kind: str
    value: Expr | None = None


@record(eq=False)
class Global(Stmt):
    names: list[str]


class FunctionDef(Stmt):
    """A function. Its body is lowered when somebody asks for it."""

    __slots__ = ("_body", "_lower", "decorators", "generator", "name", "params")

    def __init__(
        self,
        node: Node,
        name: str,
        params: Parameters,
        decorators: list[Expr],
        lower: Callable[[], tuple[list[Stmt], bool]],
    ) -> None:
        self.node = node
        self.name = name
        self.params = params
        self.decorators = decorators
        self.generator = False
        self._lower: Callable[[], tuple[list[Stmt], bool]] | None = lower
        self._body: list[Stmt] = []

    @property
    def body(self) -> list[Stmt]:
        if self._lower is not None:
            lower, self._lower = self._lower, None
            self._body, self.generator = lower()
        return self._body


@record(eq=False)
class ClassDef(Stmt):
    name: str
    bases: list[Argument]
    decorators: list[Expr]
    body: list[Stmt]

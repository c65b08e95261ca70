"""Where names are looked up: frames of running functions, and modules whose names are bound when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.trail import Changes
from torchcheck.lint.interp.values import Cells, Class, Value
from torchcheck.lint.source import SourceFile
from torchcheck.records import record

if TYPE_CHECKING:
    from torchcheck.lint.interp.values import Function


@record(eq=False)
class ModuleScope:
    """A module of the project and the names at its top level.

    Attributes:
        key: absolute path of its file.
        cells: names bound so far.
        ran: its top level was interpreted in order, so that a name which is not bound now is not bound at all.
        resolving: names that are being bound on demand right now, against endless recursion.
    """

    file: SourceFile
    key: str
    cells: Cells = field(default_factory=dict)
    resolving: set[str] = field(default_factory=set)
    ran: bool = False
    _bindings: dict[str, list[ir.Stmt]] | None = None
    _stars: list[ir.ImportFrom] = field(default_factory=list)

    def bindings(self, name: str) -> list[ir.Stmt]:
        """The top-level statements that bind a name."""
        if self._bindings is None:
            self._bindings = {}
            for statement in _flat(self.file.body()):
                if isinstance(statement, ir.ImportFrom) and statement.names is None:
                    self._stars.append(statement)
                for bound in bound_names(statement):
                    self._bindings.setdefault(bound, []).append(statement)
        return self._bindings.get(name, [])

    def stars(self) -> list[ir.ImportFrom]:
        """The star imports at top level."""
        self.bindings("")
        return self._stars


@record(eq=False)
class Frame:
    """A function that is being interpreted (or a module's top level).

    Attributes:
        cells: its local names; for a module, the module's.
        outer: the frame of the function that it was defined in.
        exits: values returned so far, each with the writes up to there.
        yielded: what it has yielded so far.
        leaps: for each loop that is open, the writes at its breaks and continues.
        mark: the trail's length at the start.
        sources: what each name was bound to, in the order of the text; None where that is no expression.
    """

    scope: ModuleScope
    cells: Cells
    outer: Frame | None = None
    function: Function | None = None
    receiver: Value | None = None
    home: Class | None = None
    mark: int = 0
    exits: list[tuple[Value, Changes]] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    leaps: list[tuple[int, list[Changes]]] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)
    sources: dict[str, list[ir.Expr | None]] = field(default_factory=dict)

    @property
    def file(self) -> SourceFile:
        return self.scope.file


def bound_names(statement: ir.Stmt) -> list[str]:
    """The names that a simple statement or definition binds in its block."""
    if isinstance(statement, ir.FunctionDef | ir.ClassDef):
        return [statement.name]
    if isinstance(statement, ir.Assign):
        return [name for target in statement.targets for name in target_names(target)]
    if isinstance(statement, ir.AugAssign):
        return target_names(statement.target)
    if isinstance(statement, ir.Import):
        return [bound or dotted.partition(".")[0] for dotted, bound in statement.names]
    if isinstance(statement, ir.ImportFrom):
        return [bound for _, bound in statement.names or []]
    if isinstance(statement, ir.For):
        return target_names(statement.target)
    if isinstance(statement, ir.With):
        return [name for _, target in statement.items if target is not None for name in target_names(target)]
    return []


def target_names(target: ir.Expr) -> list[str]:
    """The plain names in an assignment target."""
    if isinstance(target, ir.Name):
        return [target.id]
    if isinstance(target, ir.Display):
        return [name for item in target.items for name in target_names(item)]
    return target_names(target.value) if isinstance(target, ir.Starred) else []


def nested_blocks(statement: ir.Stmt) -> Iterable[list[ir.Stmt]]:
    """The blocks inside a compound statement that run in the same scope."""
    if isinstance(statement, ir.If | ir.For | ir.While):
        return (statement.body, statement.orelse)
    if isinstance(statement, ir.With):
        return (statement.body,)
    if isinstance(statement, ir.Try):
        return (statement.body, *statement.handlers, statement.orelse, statement.final)
    return statement.cases if isinstance(statement, ir.Match) else ()


def _flat(block: list[ir.Stmt]) -> Iterable[ir.Stmt]:
    for statement in block:
        yield statement
        for inner in nested_blocks(statement):
            yield from _flat(inner)


def assigned_names(block: list[ir.Stmt]) -> set[str]:
    """Every name that a block binds, nested blocks included."""
    return {name for statement in _flat(block) for name in bound_names(statement)}


def all_statements(block: list[ir.Stmt]) -> Iterable[ir.Stmt]:
    """Every statement of a block, nested blocks included, function bodies not."""
    return _flat(block)

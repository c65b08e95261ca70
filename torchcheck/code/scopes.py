"""Which names a piece of code binds, scope by scope, and to what."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any

from torchcheck.code.walk import FIELDS
from torchcheck.records import frozen, record

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = ast.Module | ast.ClassDef | FunctionNode | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class How(enum.Enum):
    """How a name came to be bound."""

    IMPORT = "import"
    VALUE = "value"  # assigned an expression, or a part of it
    ITEM = "item"  # an item of what a loop runs over
    CONTEXT = "context"  # what a with block enters
    PARAMETER = "parameter"
    FUNCTION = "function"
    CLASS = "class"
    OTHER = "other"  # augmented, deleted, caught, matched


@frozen
class Imported:
    """`from module import name`, with its leading dots; name None: the module itself."""

    module: str
    level: int
    name: str | None


@record(eq=False)
class Binding:
    """One binding of a name. Nobody changes it; to freeze it would take three times as long as to make it.

    Attributes:
        node: the expression, definition or parameter that it is bound to; None where there is none.
        path: the indices that lead to it through tuples that are unpacked (-1: behind a star).
    """

    how: How
    node: ast.AST | None = None
    path: tuple[int, ...] = ()
    imported: Imported | None = None


@record(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension, and the names that it binds."""

    node: ScopeNode
    outer: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # global and nonlocal names

    def find(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """The scope that a name means here, and its bindings there; None for a name that nothing binds."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or not isinstance(scope.node, ast.ClassDef)
            if visible and name in scope.bindings and name not in scope.elsewhere:
                return scope, scope.bindings[name]
            scope = scope.outer
        return None

    def bind(self, name: str, binding: Binding) -> None:
        scope = self
        if name in self.elsewhere:
            while scope.outer is not None:
                scope = scope.outer
        scope.bindings.setdefault(name, []).append(binding)


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPES = frozenset((ast.ClassDef, *_FUNCTIONS, *_COMPREHENSIONS))


MOST_STARS = 100
"""Star imports of one file through which names are followed. With more it is the index of a library, which holds the
whole library: looking for one name in it would read hundreds of files, and keep them in memory meanwhile.
"""


class Tree:
    """A syntax tree with what it takes to look around in it: parents, scopes, and its nodes by type.

    Attributes:
        scope: of the module.
        stars: modules imported with a star.
    """

    def __init__(self, module: ast.Module) -> None:
        self.module = module
        self.scope = Scope(module, None)
        self.stars: list[Imported] = []
        self._parents: dict[ast.AST, ast.AST] = {}
        self._scopes: dict[ast.AST, Scope] = {module: self.scope}
        self._by_type: dict[type, list[ast.AST]] = {}
        self._walk(module)

    @property
    def is_index(self) -> bool:
        """Whether there are too many star imports to look into them."""
        return len(self.stars) > MOST_STARS

    def of_type(self, *kinds: type) -> Iterable[ast.AST]:
        """The nodes of these types, in the order of the source for each."""
        for kind in kinds:
            yield from self._by_type.get(kind, ())

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterable[ast.AST]:
        """The nodes around a node, innermost first."""
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which a node is evaluated."""
        current: ast.AST | None = node
        while current is not None:
            parent = self._parents.get(current)
            if parent is None:
                return self.scope
            if parent in self._scopes and not _outside(current, parent):
                return self._scopes[parent]
            current = parent
        return self.scope

    def every_binding(self) -> Iterable[list[Binding]]:
        """The bindings of every name in every scope."""
        for scope in {id(s): s for s in self._scopes.values()}.values():
            yield from scope.bindings.values()

    def own_scope(self, node: ast.AST) -> Scope | None:
        """The scope that a definition opens."""
        return self._scopes.get(node)

    def _walk(self, root: ast.AST) -> None:
        """Visit every node once, those of a type in the order of the source. Done for every file: no recursion."""
        parents, by_type, fields = self._parents, self._by_type, FIELDS
        scope = self.scope
        waiting: list[Any] = [root]  # and between the nodes the scopes that begin, or go on, there
        while waiting:
            node = waiting.pop()
            kind = node.__class__
            if kind is Scope:
                scope = node
                continue
            same = by_type.get(kind)
            if same is None:
                by_type[kind] = [node]
            else:
                same.append(node)
            names = fields[kind]
            if not names:
                if kind in _BINDERS:
                    _BINDERS[kind](self, node, scope, scope)
                continue
            inner = scope
            if kind in _SCOPES:
                inner = self._scopes[node] = Scope(node, scope)
            bind = _BINDERS.get(kind)
            if bind is not None:
                bind(self, node, scope, inner)
            held = node.__dict__
            below: list[Any] = []
            for name in names:
                value = held.get(name)
                if value is None:
                    continue
                if value.__class__ is not list:
                    parents[value] = node
                    below.append(value)
                else:
                    for item in value:
                        if item is not None:
                            parents[item] = node
                            below.append(item)
            if inner is not scope:
                outside = [child for child in below if _outside(child, node)]
                below = [*outside, inner, *(child for child in below if child not in outside), scope]
            below.reverse()
            waiting += below

    def _bind_definition(self, node: Any, scope: Scope, inner: Scope) -> None:
        scope.bind(node.name, Binding(How.CLASS if isinstance(node, ast.ClassDef) else How.FUNCTION, node))
        if not isinstance(node, ast.ClassDef):
            self._bind_parameters(node, scope, inner)

    def _bind_parameters(self, node: Any, scope: Scope, inner: Scope) -> None:
        arguments = node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        for argument in (*every, *(a for a in (arguments.vararg, arguments.kwarg) if a is not None)):
            inner.bind(argument.arg, Binding(How.PARAMETER, argument))

    def _bind_assignment(self, node: Any, scope: Scope, inner: Scope) -> None:
        for target in node.targets:
            _bind_target(scope, target, How.VALUE, node.value)

    def _bind_annotated(self, node: Any, scope: Scope, inner: Scope) -> None:
        if node.value is not None:
            _bind_target(scope, node.target, How.VALUE, node.value)

    def _bind_walrus(self, node: Any, scope: Scope, inner: Scope) -> None:
        while isinstance(scope.node, _COMPREHENSIONS) and scope.outer is not None:
            scope = scope.outer
        _bind_target(scope, node.target, How.VALUE, node.value)

    def _bind_loop(self, node: Any, scope: Scope, inner: Scope) -> None:
        _bind_target(scope, node.target, How.ITEM, node.iter)

    def _bind_comprehension(self, node: Any, scope: Scope, inner: Scope) -> None:
        for clause in node.generators:
            _bind_target(inner, clause.target, How.ITEM, clause.iter)

    def _bind_with(self, node: Any, scope: Scope, inner: Scope) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                _bind_target(scope, item.optional_vars, How.CONTEXT, item.context_expr)

    def _bind_elsewhere(self, node: Any, scope: Scope, inner: Scope) -> None:
        scope.elsewhere.update(node.names)

    def _bind_augmented(self, node: Any, scope: Scope, inner: Scope) -> None:
        if isinstance(node.target, ast.Name):
            scope.bind(node.target.id, Binding(How.OTHER, node))

    def _bind_named(self, node: Any, scope: Scope, inner: Scope) -> None:
        if node.name:
            scope.bind(node.name, Binding(How.OTHER, node))

    def _bind_import(self, node: Any, scope: Scope, inner: Scope) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                imported = Imported(alias.name if alias.asname else name, 0, None)
            elif alias.name == "*":
                self.stars.append(Imported(node.module or "", node.level, None))
                continue
            else:
                name = alias.asname or alias.name
                imported = Imported(node.module or "", node.level, alias.name)
            scope.bind(name, Binding(How.IMPORT, node, imported=imported))


def _outside(child: ast.AST, node: ast.AST) -> bool:
    """Whether a part of a definition belongs to the scope around it: decorators, defaults, bases, a first iterable."""
    if isinstance(node, ast.ClassDef):
        return child in node.decorator_list or child in node.bases or child in node.keywords
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return child in node.decorator_list or child is node.args or child is node.returns
    return isinstance(node, ast.Lambda) and child is node.args


def _bind_target(scope: Scope, target: ast.expr, how: How, node: ast.expr, path: tuple[int, ...] = ()) -> None:
    if isinstance(target, ast.Name):
        scope.bind(target.id, Binding(how, node, path))
    elif isinstance(target, ast.Starred):
        _bind_target(scope, target.value, how, node, (*path, -1))
    elif isinstance(target, ast.Tuple | ast.List):
        starred = False
        for index, part in enumerate(target.elts):
            starred = starred or isinstance(part, ast.Starred)
            _bind_target(scope, part, how, node, (*path, -1 if starred else index))


_BINDERS: dict[type, Callable[[Tree, Any, Scope, Scope], None]] = {
    ast.Import: Tree._bind_import,
    ast.ImportFrom: Tree._bind_import,
    ast.FunctionDef: Tree._bind_definition,
    ast.AsyncFunctionDef: Tree._bind_definition,
    ast.Lambda: Tree._bind_parameters,
    ast.ClassDef: Tree._bind_definition,
    ast.Assign: Tree._bind_assignment,
    ast.AnnAssign: Tree._bind_annotated,
    ast.NamedExpr: Tree._bind_walrus,
    ast.For: Tree._bind_loop,
    ast.AsyncFor: Tree._bind_loop,
    **dict.fromkeys(_COMPREHENSIONS, Tree._bind_comprehension),
    ast.With: Tree._bind_with,
    ast.AsyncWith: Tree._bind_with,
    ast.Global: Tree._bind_elsewhere,
    ast.Nonlocal: Tree._bind_elsewhere,
    ast.AugAssign: Tree._bind_augmented,
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar), Tree._bind_named),
}

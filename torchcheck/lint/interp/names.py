"""What a name means: in frames, in modules of the project, in the world outside, and where nobody bound it."""

from __future__ import annotations

import builtins
import os
from typing import TYPE_CHECKING

from torchcheck.code.scopes import MOST_STARS
from torchcheck.lint import ir
from torchcheck.lint.interp.join import join
from torchcheck.lint.interp.scope import Frame, ModuleScope
from torchcheck.lint.interp.trail import Trail
from torchcheck.lint.interp.values import UNKNOWN, Const, External, Function, ModuleRef, Promise, Symbol, Value
from torchcheck.lint.torch_tables import EVERYBODYS
from torchcheck.torch_names import canonical

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def load_name(m: Machine, name: str) -> Value:
    """The value of a name where we are."""
    frame: Frame | None = m.frame
    while frame is not None:
        value = frame.cells.get(name)
        if value is not None:
            return _kept(m, frame, name, value) if isinstance(value, Promise) else value
        frame = frame.outer
    return global_name(m, m.frame.scope, name)


def global_name(m: Machine, scope: ModuleScope, name: str) -> Value:
    """The value of a name at the top level of a module."""
    value = find_global(m, scope, name)
    if value is not None:
        return value
    if name in EVERYBODYS:
        return External(EVERYBODYS[name])
    if hasattr(builtins, name):
        return External(f"builtins.{name}")
    symbol = Symbol(name)
    scope.cells[name] = symbol
    return symbol


def find_global(m: Machine, scope: ModuleScope, name: str) -> Value | None:
    """The same; None where the module doesn't bind it."""
    value: Value | None = scope.cells.get(name)
    if value is None:
        value = _bind_on_demand(m, scope, name)
    if isinstance(value, Promise):
        value = follow(m, value)
        scope.cells[name] = value
    return value


def follow(m: Machine, promise: Promise) -> Value:
    """What an imported name means in the module that it comes from."""
    scope = scope_of(m, promise.key)
    if scope is None:
        return UNKNOWN
    if promise.name is None:
        return ModuleRef(scope)
    value = find_global(m, scope, promise.name)
    if value is None or isinstance(value, Symbol):
        path = m.project.find(promise.key, promise.name, 1)
        submodule = scope_of(m, path) if path is not None and path != promise.key else None
        value = ModuleRef(submodule) if submodule is not None else value
    return value if value is not None else UNKNOWN


def scope_of(m: Machine, key: str) -> ModuleScope | None:
    """The scope of a file of the project."""
    if key not in m.scopes:
        file = m.project.load(key)
        if file is None:
            return None
        m.scopes[key] = ModuleScope(file, key)
    return m.scopes[key]


def import_module(m: Machine, scope: ModuleScope, dotted: str) -> Value:
    """`import dotted`, by its whole name."""
    path = m.project.find(scope.key, dotted)
    return Promise(path, None) if path is not None else External(canonical(dotted))


def import_name(m: Machine, scope: ModuleScope, statement: ir.ImportFrom, name: str) -> Value:
    """`from module import name`."""
    find = m.project.find
    path = find(scope.key, statement.module, statement.level)
    if path is not None and path != scope.key:
        return Promise(path, name)
    whole = f"{statement.module}.{name}" if statement.module else name
    path = find(scope.key, whole, statement.level)
    if path is not None:
        return Promise(path, None)
    return UNKNOWN if statement.level else External(canonical(whole))


def _kept(m: Machine, frame: Frame, name: str, promise: Promise) -> Value:
    value = follow(m, promise)
    frame.cells[name] = value
    return value


def _bind_on_demand(m: Machine, scope: ModuleScope, name: str) -> Value | None:
    statements = scope.bindings(name) if not scope.ran else []
    if name in scope.resolving:
        return UNKNOWN
    scope.resolving.add(name)
    try:
        if statements:
            value: Value | None = join([_bound_by(m, scope, statement, name) for statement in statements])
        else:
            value = _from_stars(m, scope, name)
    finally:
        scope.resolving.discard(name)
    if value is not None:
        scope.cells[name] = value
    return value


def _from_stars(m: Machine, scope: ModuleScope, name: str) -> Value | None:
    stars = scope.stars()
    for statement in stars if len(stars) <= MOST_STARS else ():
        path = m.project.find(scope.key, statement.module, statement.level)
        other = scope_of(m, path) if path is not None and path != scope.key else None
        if other is not None and not name.startswith("_"):
            value = find_global(m, other, name)
            if value is not None:
                return value
    return None


def _bound_by(m: Machine, scope: ModuleScope, statement: ir.Stmt, name: str) -> Value:
    from torchcheck.lint.interp.classes import make_class

    if isinstance(statement, ir.Import):
        return _imported(m, scope, statement, name)
    if isinstance(statement, ir.ImportFrom):
        original = next(original for original, bound in statement.names or [] if bound == name)
        value = import_name(m, scope, statement, original)
        return follow(m, value) if isinstance(value, Promise) else value
    if isinstance(statement, ir.FunctionDef):
        return Function(statement, scope)
    with at_top_level(m, scope):
        if isinstance(statement, ir.ClassDef):
            return make_class(m, statement)
        if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
            return m.eval(statement.value)
    return UNKNOWN


def _imported(m: Machine, scope: ModuleScope, statement: ir.Import, name: str) -> Value:
    for dotted, bound in statement.names:
        if (bound or dotted.partition(".")[0]) == name:
            value = import_module(m, scope, dotted if bound else name)
            return follow(m, value) if isinstance(value, Promise) else value
    return UNKNOWN


class at_top_level:
    """Evaluate at the top level of a module, without recording what happens there.

    What is built stays, also when the arm of a branch that asked for it is wound back.
    """

    def __init__(self, m: Machine, scope: ModuleScope) -> None:
        self._m = m
        self._frame = Frame(scope, scope.cells)

    def __enter__(self) -> None:
        m = self._m
        m.frames.append(self._frame)
        self._saved = m.events, m.statement, m.trail
        m.events, m.statement, m.trail = [], None, Trail()

    def __exit__(self, *_: object) -> None:
        m = self._m
        m.frames.pop()
        m.events, m.statement, m.trail = self._saved


def external_attribute(m: Machine, value: External, attr: str) -> Value:
    """An attribute of something outside, or of a namespace package of the project."""
    name = f"{value.name}.{attr}"
    path = m.project.find(m.frame.scope.key, name) if "torch" not in value.name else None
    if path is not None:
        return follow(m, Promise(path, None))
    if name in ("math.pi", "math.e", "math.inf", "numpy.pi", "numpy.inf", "torch.inf"):
        return Const(float("inf") if name.endswith("inf") else 3.14159)
    return External(canonical(name))


def module_attribute(m: Machine, value: ModuleRef, attr: str) -> Value:
    """An attribute of a module of the project: a name of its own, or a module below it."""
    found = find_global(m, value.scope, attr)
    if found is not None and not isinstance(found, Symbol):
        return found
    if os.path.basename(value.scope.key) == "__init__.py":
        path = m.project.find(value.scope.key, attr, 1)
        if path is not None:
            return follow(m, Promise(path, None))
    return UNKNOWN

"""What a name was given last before a place, in code that runs straight down to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchcheck.code.nodes import ExprView, FunctionNode
from torchcheck.code.walk import walk

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BLOCKS = ("body", "orelse", "finalbody")


def lately(view: ExprView) -> ExprView | None:
    """What the last assignment before it gave a name; None where branches or loops may have given it another.

    An assignment of the top level counts where the function around has none, and it is the only one.
    """
    name = view.identifier
    if name is None:
        return None
    child: ast.AST = view.node
    for parent in view.file.tree.ancestors(view.node):
        for block in _blocks(parent):
            if child not in block:
                continue
            for statement in reversed(block[: block.index(child)]):
                if _binds(statement, name):
                    return _assigned(view, statement, name)
        if isinstance(parent, _LOOPS) and _binds(parent, name):
            return None
        if isinstance(parent, FunctionNode | ast.Lambda):
            return view.value if view.value is not view else None
        child = parent
    return None


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in _BLOCKS:
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _assigned(view: ExprView, statement: ast.stmt, name: str) -> ExprView | None:
    """The value of a plain `name = value`."""
    if isinstance(statement, ast.With):
        inner = next((one for one in reversed(statement.body) if _binds(one, name)), None)
        return _assigned(view, inner, name) if inner is not None else None
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ExprView(view.file, statement.value)
    if not isinstance(statement, ast.Assign):
        return None
    for target in statement.targets:
        if isinstance(target, ast.Name) and target.id == name:
            return ExprView(view.file, statement.value)
        if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            pairs = zip(target.elts, statement.value.elts, strict=False)
            return next((ExprView(view.file, v) for t, v in pairs if isinstance(t, ast.Name) and t.id == name), None)
    return None


def _binds(node: ast.AST, name: str) -> bool:
    """Whether a statement, or anything within it, gives the name a value or deletes it."""
    return any(
        isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store | ast.Del)
        for inner in walk(node)
    )

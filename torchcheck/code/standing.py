"""What an expression is given to: a name, a key, the caller."""

from __future__ import annotations

import ast

from torchcheck.code.nodes import ExprView


def bound_to(view: ExprView) -> ExprView | None:
    """The name, attribute or item that an assignment gives the whole of an expression to."""
    parent = view.file.tree.parent(view.node)
    if isinstance(parent, ast.Assign) and parent.value is view.node and len(parent.targets) == 1:
        return ExprView(view.file, parent.targets[0])
    return ExprView(view.file, parent.target) if isinstance(parent, ast.AnnAssign) else None


def key_of(view: ExprView) -> str | None:
    """The text that it stands under: a key of a dict, of an item that is assigned to, or a keyword."""
    parent = view.file.tree.parent(view.node)
    if isinstance(parent, ast.keyword):
        return parent.arg
    found: ast.AST | None = None
    bound = bound_to(view)
    if isinstance(parent, ast.Dict) and view.node in parent.values:
        found = parent.keys[parent.values.index(view.node)]
    elif bound is not None and isinstance(bound.node, ast.Subscript):
        found = bound.node.slice
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def is_returned(view: ExprView) -> bool:
    """Whether it is what its function returns."""
    return isinstance(view.file.tree.parent(view.node), ast.Return)

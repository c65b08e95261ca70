"""What surrounds a piece of code: errors that are awaited, annotations."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchcheck.code.scopes import Tree


def caught(tree: Tree, node: ast.AST) -> Iterator[str]:
    """The exceptions of each `try` around a node, which is tried or in a handler; "" for a bare `except`."""
    for parent in tree.ancestors(node):
        for handler in parent.handlers if isinstance(parent, ast.Try) else ():
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            for kind in kinds:
                if kind is None:
                    yield ""
                elif isinstance(kind, ast.Name | ast.Attribute):
                    yield kind.id if isinstance(kind, ast.Name) else kind.attr


def names_a_type(tree: Tree, node: ast.AST) -> bool:
    """Whether a node stands in an annotation, or among what `isinstance` or `issubclass` tests for."""
    child = node
    for parent in tree.ancestors(node):
        if child in (getattr(parent, "annotation", None), getattr(parent, "returns", None)):
            return True
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and child in parent.args[1:]:
            return parent.func.id in ("isinstance", "issubclass")
        if isinstance(parent, ast.stmt):
            return False
        child = parent
    return False


def expects_error(tree: Tree, node: ast.AST) -> bool:
    """Whether a node runs where an error is awaited: in a `try` with handlers, or under `raises`, `warns`…"""
    child = node
    for parent in tree.ancestors(node):
        if isinstance(parent, ast.Try) and parent.handlers and child in parent.body:
            return True
        if isinstance(parent, ast.With) and any(_awaits(item.context_expr) for item in parent.items):
            return True
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        child = parent
    return False


def _awaits(context: ast.expr) -> bool:
    func = context.func if isinstance(context, ast.Call) else context
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in (
        "raises",
        "assertRaises",
        "assertRaisesRegex",
        "warns",
        "assertWarns",
        "suppress",
        "deprecated_call",
    )

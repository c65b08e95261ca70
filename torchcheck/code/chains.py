"""Values computed from others by methods and arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchcheck.code.kinds import SAME_KIND
from torchcheck.code.nodes import CallView, ExprView, NodeView
from torchcheck.code.walk import walk

_DEEPEST = 8


def made_from(view: ExprView, depth: int = 0) -> Iterator[ExprView]:
    """An expression and those that it is computed from: receivers of methods, operands, the values of names."""
    if depth > _DEEPEST:
        return
    yield view
    node = view.node
    parts: list[ast.expr] = []
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and view.file.resolver.dotted(node.func, view.scope) is None
    ):
        parts = [node.func.value]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp):
        parts = [node.operand]
    elif isinstance(node, ast.Name) and view.value is not view:
        parts = [view.value.node]
    for part in parts:
        yield from made_from(ExprView(view.file, part), depth + 1)


def is_run(call: CallView) -> bool:
    """Whether a layer is called within the function that builds it: at once, or by the name that it is given."""
    whole = _with_methods(call)
    parent = call.file.tree.parent(whole)
    if isinstance(parent, ast.Call) and parent.func is whole:
        return True
    target = assigned_to(call)
    if target is None or call.function is None:
        return False
    return any(one.func.text == target.text for one in call.function.calls)


def assigned_to(call: CallView) -> ExprView | None:
    """What the object that a call builds is assigned to, moved or not."""
    parent = call.file.tree.parent(_with_methods(call))
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return ExprView(call.file, parent.targets[0])
    return None


def _with_methods(call: CallView) -> ast.AST:
    """A call together with the methods behind it that give the layer itself: `.to(device)`."""
    node: ast.AST = call.node
    while True:
        method = call.file.tree.parent(node)
        if not isinstance(method, ast.Attribute) or method.attr not in SAME_KIND:
            return node
        outer = call.file.tree.parent(method)
        if not isinstance(outer, ast.Call) or outer.func is not method:
            return node
        node = outer


def attributes_used(view: NodeView, name: str) -> set[str]:
    """The attributes that are looked up on a name within a piece of code."""
    inside = (node for node in walk(view.node) if isinstance(node, ast.Attribute))
    return {node.attr for node in inside if isinstance(node.value, ast.Name) and node.value.id == name}

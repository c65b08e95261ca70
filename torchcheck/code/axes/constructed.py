"""Sizes and layers that a constructor has set on `self`."""

from __future__ import annotations

import ast

from torchcheck.code.axes.sizes import Size, Symbol
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.uses import settled

_DEEPEST = 8


def layer_of(view: ExprView) -> CallView | None:
    """The call that makes the layer which a name or an attribute of `self` stands for."""
    call = settled(view).call
    return call if call is not None and (call.target or "").startswith("torch.nn.") else None


def constructed(view: ExprView | None, deepest: int = _DEEPEST) -> Size | None:
    """The size that an expression means where the parameters of its function stand for themselves."""
    if view is None or not deepest:
        return None
    node = view.node
    if isinstance(node, ast.Constant):
        return Size.of(node.value) if isinstance(node.value, int) and node.value > 0 else None
    if isinstance(node, ast.BinOp):
        left = constructed(ExprView(view.file, node.left), deepest - 1)
        right = constructed(ExprView(view.file, node.right), deepest - 1)
        return combined(node.op, left, right)
    if view.call is not None and view.call.target == "builtins.int" and len(view.call.arguments) == 1:
        return constructed(view.call.argument(0), deepest - 1)
    if isinstance(node, ast.Name | ast.Attribute):
        behind = settled(view)
        known = constructed(behind, deepest - 1) if behind.node is not node else None
        return known or _symbol(view)
    return None


def combined(operator: ast.operator, left: Size | None, right: Size | None) -> Size | None:
    """A product or quotient of sizes; None for other arithmetic."""
    if left is None or right is None:
        return None
    if isinstance(operator, ast.Mult):
        return left * right
    if isinstance(operator, ast.FloorDiv | ast.Div) and right.number:
        return left / right
    return None


def _symbol(view: ExprView) -> Size:
    """A parameter or an attribute by its name."""
    owner = view.in_class
    if view.self_attribute is not None:
        return Size.of(Symbol((owner.node if owner is not None else None, view.self_attribute), view.text))
    found = view.scope.find(view.identifier) if view.identifier is not None else None
    return Size.of(Symbol((found[0].node if found is not None else None, view.text), view.text))

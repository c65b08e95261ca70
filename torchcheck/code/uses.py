"""What is done to an expression by the code right around it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView, ExprView, NodeView

if TYPE_CHECKING:
    from torchcheck.code.file import FileView


def around(view: ExprView) -> ExprView | None:
    """The expression that it is a direct part of; None for a whole one."""
    parent = view.file.tree.parent(view.node)
    return ExprView(view.file, parent) if isinstance(parent, ast.expr) else None


def is_assigned(view: ExprView) -> bool:
    """Whether something is put in its place: `it = …`, `it -= …`, also of an item of it."""
    if isinstance(getattr(view.node, "ctx", None), ast.Store):
        return True
    outer = around(view)
    return outer is not None and isinstance(outer.node, ast.Subscript) and outer.base == view and is_assigned(outer)


def method_called(view: ExprView) -> CallView | None:
    """`it.method(…)`, where it is what a method is called of."""
    outer = around(view)
    return outer.called if outer is not None and outer.attribute is not None else None


def statement_around(view: NodeView) -> NodeView | None:
    """The statement that it stands in."""
    nodes = (view.node, *view.file.tree.ancestors(view.node))
    return next((NodeView(view.file, node) for node in nodes if isinstance(node, ast.stmt)), None)


def in_one_block(one: NodeView, other: NodeView) -> bool:
    """Whether both stand in statements of one block, so that neither runs without the other."""
    first, second = _block(one), _block(other)
    return first is not None and first is second


def _block(view: NodeView) -> list[ast.stmt] | None:
    statement = statement_around(view)
    parent = view.file.tree.parent(statement.node) if statement is not None else None
    blocks = (getattr(parent, name, None) for name in ("body", "orelse", "finalbody"))
    return next((b for b in blocks if statement is not None and isinstance(b, list) and statement.node in b), None)


def negated(view: ExprView) -> ExprView | None:
    """`it` of `-it`."""
    node = view.node
    return (
        ExprView(view.file, node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else None
    )


def settled(view: ExprView) -> ExprView:
    """What the only assignment to a name, or to an attribute of `self`, gives it; itself for all else."""
    owner, attribute = view.in_class, view.self_attribute
    if owner is None or attribute is None:
        return view.value
    given = [assigned for name, assigned in owner.self_assignments if name == attribute]
    return given[0].value if len(given) == 1 and not given[0].unpacked else view


def powers_of_one_minus(file: FileView) -> list[tuple[ExprView, ExprView]]:
    """Every `(1 - it) ** …`, also written with `pow`, and `it`."""
    found = []
    for node in file.tree.of_type(ast.BinOp, ast.Call):
        base = _base_of_power(file, node)
        if isinstance(base, ast.BinOp) and isinstance(base.op, ast.Sub) and ExprView(file, base.left).literal == 1:
            found.append((ExprView(file, node), ExprView(file, base.right)))
    return found


def _base_of_power(file: FileView, node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp):
        return node.left if isinstance(node.op, ast.Pow) else None
    call = CallView(file, node)
    if call.last_name != "pow":
        return None
    base = call.argument(0, "input") if call.target == "torch.pow" else call.receiver
    return base.node if base is not None else None


def sums(file: FileView) -> list[tuple[ExprView, ExprView, ExprView]]:
    """Every `a + b`: where it stands, and both sides."""
    nodes = [node for node in file.tree.of_type(ast.BinOp) if isinstance(node.op, ast.Add)]  # type: ignore[attr-defined]
    return [(ExprView(file, n), ExprView(file, n.left), ExprView(file, n.right)) for n in nodes]  # type: ignore[attr-defined]


def factors(view: ExprView) -> list[ExprView]:
    """What is multiplied: `-0.5 * a * b` gives `0.5`, `a` and `b`; itself for all but products."""
    node = view.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return factors(ExprView(view.file, node.operand))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return factors(ExprView(view.file, node.left)) + factors(ExprView(view.file, node.right))
    return [view]

"""Where one object is put several times into a collection."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.held import hands_on
from torchcheck.code.layers import CONTAINERS
from torchcheck.code.nodes import CallView, ExprView, NodeView
from torchcheck.code.walk import walk
from torchcheck.code.words import words_in
from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.code.file import FileView


@frozen
class Repeat:
    """One object put several times into a collection.

    Attributes:
        item: the object.
        at: the expression that repeats it.
        is_contained: the collection becomes an `nn.Sequential`, an `nn.ModuleList` or an `nn.ModuleDict`.
    """

    item: ExprView
    at: ExprView
    is_contained: bool


def repeats_in(file: FileView) -> Iterator[Repeat]:
    """Every `[item] * n`, every comprehension and every loop that appends the same object each time."""
    for node in file.tree.of_type(ast.BinOp):
        yield from _multiplied(file, node)  # type: ignore[arg-type]
    for node in file.tree.of_type(ast.ListComp, ast.GeneratorExp):
        item = ExprView(file, node.elt)  # type: ignore[attr-defined]
        if item.identifier is not None and item.identifier not in _bound_within(file, node):
            yield Repeat(item, ExprView(file, node), _is_contained(file, node))
    for call in file.calls:
        item = call.argument(0) if call.method == "append" and call.in_loop else None  # type: ignore[assignment]
        if item is not None and item.identifier is not None and not _changes(call, item.identifier):
            yield Repeat(item, call, _is_collected(call))


def _multiplied(file: FileView, node: ast.BinOp) -> Iterator[Repeat]:
    sides = (node.left, node.right)
    shown = next((side for side in sides if isinstance(side, ast.List | ast.Tuple)), None)
    times = next((side for side in sides if side is not shown), None)
    if not isinstance(node.op, ast.Mult) or shown is None or times is None:
        return
    if ExprView(file, times).literal in (0, 1):
        return
    for item in shown.elts:
        yield Repeat(ExprView(file, item), ExprView(file, node), _is_contained(file, node))


def _bound_within(file: FileView, node: ast.AST) -> set[str]:
    scope = file.tree.own_scope(node)
    return set(scope.bindings) if scope is not None else set()


def _is_contained(file: FileView, node: ast.AST) -> bool:
    parent = file.tree.parent(node)
    while isinstance(parent, ast.Starred | ast.List | ast.Tuple | ast.BinOp):
        parent = file.tree.parent(parent)
    if isinstance(parent, ast.Call):
        return _is_container(CallView(file, parent))
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return _goes_to_a_container(ExprView(file, parent.targets[0]))
    return False


def _goes_to_a_container(target: ExprView) -> bool:
    function, name = target.function, target.identifier
    calls = function.calls if function is not None else target.file.calls
    return name is not None and any(_is_container(call) and hands_on(call, name) for call in calls)


def _is_container(call: CallView) -> bool:
    return (call.target or "").startswith("torch.nn.") and call.last_name in CONTAINERS


def _is_collected(call: CallView) -> bool:
    """Whether what is appended to becomes a container of modules, or is one."""
    receiver = call.receiver
    if receiver is None:
        return False
    made = receiver.value.call
    if made is not None and _is_container(made):
        return True
    owner, attr = call.in_class, receiver.self_attribute
    if owner is not None and attr is not None:
        every = [one.value.call for name, one in owner.self_assignments if name == attr]
        return bool(every) and all(one is not None and _is_container(one) for one in every)
    return _goes_to_a_container(receiver)


def _changes(view: NodeView, name: str) -> bool:
    """Whether a loop around it gives the name another value each time."""
    for loop in view.file.tree.ancestors(view.node):
        if isinstance(loop, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        if isinstance(loop, ast.For | ast.While):
            for node in walk(loop):
                if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                    return True
            if any(isinstance(node, ast.Break | ast.Return) for node in walk(loop)):
                return True
    return False


def names_around(view: NodeView) -> str:
    """The names in the statement that a view stands in, in words."""
    nodes = (view.node, *view.file.tree.ancestors(view.node))
    statement = next(node for node in nodes if isinstance(node, ast.stmt))
    return " ".join(words_in(statement)) if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else ""

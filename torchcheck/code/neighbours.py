"""Which layers run right behind which: side by side in a `Sequential`, or one called with what the other gave."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.uses import settled, statement_around

if TYPE_CHECKING:
    from torchcheck.code.definitions import ClassView
    from torchcheck.code.file import FileView

Pair = tuple[CallView, CallView]
"""The calls that build two layers, the second of which takes what the first gives, and nobody else does."""


def neighbours(file: FileView) -> Iterator[Pair]:
    """Every two layers that surely run one right after the other."""
    for call in file.calls:
        if call.target == "torch.nn.Sequential":
            yield from _side_by_side([_layer(item) for item in _items(call)])
    for shown in file.tree.of_type(ast.List):
        if _becomes_sequential(ExprView(file, shown)):
            yield from _side_by_side([_layer(ExprView(file, item)) for item in shown.elts])  # type: ignore[attr-defined]
    yield from _appended(file)
    for owner in file.classes:
        if owner.is_module:
            yield from _called(owner)


def _side_by_side(layers: list[CallView | None]) -> Iterator[Pair]:
    for first, second in pairwise(layers):
        if first is not None and second is not None:
            yield first, second


def _items(sequential: CallView) -> list[ExprView]:
    """The layers in a `Sequential`, also those of an `OrderedDict` of names and layers."""
    items = [ExprView(sequential.file, node) for node in sequential.node.args]
    named = items[0].call if len(items) == 1 else None
    if named is None or named.last_name != "OrderedDict":
        return [inner for item in items for inner in _unpacked(item)]
    shown = named.argument(0)
    pairs = [pair.items for pair in (shown.items or [])] if shown is not None else []
    return [pair[1] for pair in pairs if pair is not None and len(pair) == 2]


def _unpacked(item: ExprView) -> list[ExprView]:
    """The items of `*[…]`; itself for all else."""
    inner = ExprView(item.file, item.node.value) if isinstance(item.node, ast.Starred) else item
    return (inner.items or [item]) if inner is not item else [item]


def _layer(item: ExprView) -> CallView | None:
    """The call that builds a layer of torch."""
    call = item.call
    return call if call is not None and (call.target or "").startswith("torch.nn.") else None


def _becomes_sequential(shown: ExprView) -> bool:
    """Whether a list is put into a name that the function unpacks into a `Sequential`."""
    parent = shown.file.tree.parent(shown.node)
    name = None
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        name = ExprView(shown.file, parent.targets[0]).text
    elif isinstance(parent, ast.AugAssign):
        name = ExprView(shown.file, parent.target).text
    elif isinstance(parent, ast.Call) and CallView(shown.file, parent).method == "extend":
        receiver = CallView(shown.file, parent).receiver
        name = receiver.text if receiver is not None else None
    return name is not None and _is_unpacked(shown, name)


def _is_unpacked(view: ExprView, name: str) -> bool:
    calls = view.function.calls if view.function is not None else view.file.calls
    starred = [
        ExprView(view.file, arg.value)
        for call in calls
        if call.target == "torch.nn.Sequential"
        for arg in call.node.args
        if isinstance(arg, ast.Starred)
    ]
    return any(one.text == name for one in starred)


def _appended(file: FileView) -> Iterator[Pair]:
    """`layers.append(first)` and `layers.append(second)`, one statement right after the other."""
    for call in file.calls:
        first, receiver = call.argument(0), call.receiver
        behind = _next_statement(call) if call.method == "append" and call.is_statement else None
        after = ExprView(file, behind.value).call if isinstance(behind, ast.Expr) else None
        if after is None or first is None or receiver is None or after.method != "append" or after.receiver is None:
            continue
        second = after.argument(0)
        if second is not None and after.receiver.text == receiver.text and _is_unpacked(call, receiver.text):
            yield from _side_by_side([_layer(first), _layer(second)])


def _called(owner: ClassView) -> Iterator[Pair]:
    """Layers on `self` that methods call one with the result of the other."""
    for method in owner.methods.values():
        for call in method.calls:
            built = _built(call)
            taken = call.argument(0) if built is not None and len(call.arguments) == 1 else None
            before = _given_by(taken) if taken is not None else None
            first = _built(before) if before is not None else None
            if before is not None and first is not None and built is not None and _is_called_once(owner, before):
                yield first, built


def _built(call: CallView) -> CallView | None:
    """The call that builds the layer on `self` that is called."""
    return _layer(settled(call.func)) if call.func.self_attribute is not None else None


def _given_by(taken: ExprView) -> CallView | None:
    """The call whose result is taken: at once, or through a name that the statement right before gives it to."""
    if taken.identifier is None:
        return taken.call
    statement = statement_around(taken)
    before = _neighbour(taken.file, statement.node, -1) if statement is not None else None
    if statement is None or not isinstance(statement.node, ast.Assign) or not isinstance(before, ast.Assign):
        return None
    if [ExprView(taken.file, target).identifier for target in before.targets] != [taken.identifier]:
        return None
    rebound = [ExprView(taken.file, target).identifier for target in statement.node.targets]
    if taken.identifier not in rebound and len(_loads(taken)) != 1:
        return None
    return ExprView(taken.file, before.value).call


def _loads(name: ExprView) -> list[ast.AST]:
    nodes = name.function.nodes if name.function is not None else []
    return [n for n in nodes if isinstance(n, ast.Name) and n.id == name.identifier and isinstance(n.ctx, ast.Load)]


def _is_called_once(owner: ClassView, call: CallView) -> bool:
    """Whether the class calls the layer at this place only."""
    return sum(one.func.text == call.func.text for one in owner.own_calls()) == 1


def _next_statement(call: CallView) -> ast.stmt | None:
    statement = call.file.tree.parent(call.node)
    return _neighbour(call.file, statement, 1) if isinstance(statement, ast.stmt) else None


def _neighbour(file: FileView, statement: ast.stmt, by: int) -> ast.stmt | None:
    """The statement of the same block that many places further on."""
    parent = file.tree.parent(statement)
    for block in (getattr(parent, name, None) for name in ("body", "orelse", "finalbody")):
        if isinstance(block, list) and statement in block:
            at = block.index(statement) + by
            return block[at] if 0 <= at < len(block) else None
    return None

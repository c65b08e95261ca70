"""Which loader a thing is for, where that loader goes, and whether it is run over in every epoch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.looping import loops_over
from torchcheck.code.loops import LoopView
from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.words import words_of

if TYPE_CHECKING:
    from torchcheck.code.definitions import FunctionView
    from torchcheck.code.file import FileView

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_OTHERS = frozenset({"fold", "folds", "kfold", "seed", "seeds", "trial", "trials", "run", "runs", "repeat", "config"})
"""Words of loops that start anew each time."""
_DEEPEST = 4


def receivers(view: ExprView) -> list[ExprView]:
    """The names and attributes that an expression is assigned to, alone or as one side of a condition."""
    node, file = view.node, view.file
    parent = file.tree.parent(node)
    while isinstance(parent, ast.IfExp) and node is not parent.test:
        node, parent = parent, file.tree.parent(parent)
    if isinstance(parent, ast.Assign) and parent.value is node:
        return [ExprView(file, one) for one in parent.targets if isinstance(one, ast.Name | ast.Attribute)]
    if isinstance(parent, ast.AnnAssign):
        return [ExprView(file, parent.target)]
    return []


def uses_of(view: ExprView) -> list[ExprView]:
    """Where a name is read in its scope, or an attribute of `self` in its class."""
    file = view.file
    if view.identifier is not None:
        found = file.references({view.identifier})
        return [one for one in found if one.identifier == view.identifier and _is_visible(view, one)]
    owner = view.in_class
    if view.self_attribute is None or owner is None:
        return []
    return [one for one in file.references({view.self_attribute}) if one.text == view.text and one.in_class == owner]


def _is_visible(view: ExprView, use: ExprView) -> bool:
    found, meant = view.scope.find(view.identifier or ""), use.scope.find(view.identifier or "")
    return found is not None and meant is not None and found[0] is meant[0]


def call_with(view: ExprView) -> CallView | None:
    """The call that an expression is an argument of."""
    parent = view.file.tree.parent(view.node)
    if isinstance(parent, ast.keyword):
        parent = view.file.tree.parent(parent)
    is_call = isinstance(parent, ast.Call) and parent.func is not view.node
    return CallView(view.file, parent) if is_call else None


def flows_to(view: ExprView, deepest: int = _DEEPEST) -> list[ExprView]:
    """The names and attributes that hold what an expression gives, also where its function returns it."""
    found = receivers(view)
    if not deepest:
        return found
    carriers: list[ExprView] = [view, *(use for name in found for use in uses_of(name))]
    for carrier in carriers:
        for function, place in _returned(carrier):
            for call in _calls_of(function):
                found += _received(call, place, deepest)
    return found


def _returned(view: ExprView) -> Iterator[tuple[FunctionView, int | None]]:
    """The function that returns it, with its place in a tuple."""
    parent, place = view.file.tree.parent(view.node), None
    if isinstance(parent, ast.Tuple):
        place = parent.elts.index(view.node)
        parent = view.file.tree.parent(parent)
    if isinstance(parent, ast.Return) and view.function is not None:
        yield view.function, place


def _calls_of(function: FunctionView) -> list[CallView]:
    return [call for call in function.file.calls if call.last_name == function.name and call.target is None]


def _received(call: CallView, place: int | None, deepest: int) -> list[ExprView]:
    if place is None:
        return flows_to(call, deepest - 1)
    parent = call.file.tree.parent(call.node)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if isinstance(target, ast.Tuple) and place < len(target.elts):
        return [ExprView(call.file, target.elts[place])]
    return []


def epochs_over(holder: ExprView, made: ExprView) -> LoopView | None:
    """The loop that runs over a loader again and again to train; None where there is none, or where each round makes
    what the loader was made of anew."""
    for loop in loops_over(holder):
        if loop.trains:
            found = _repeated(holder.file, loop.node, made, _DEEPEST)
            if found is not None:
                return found
    return None


def _repeated(file: FileView, node: ast.AST, made: ExprView, deepest: int) -> LoopView | None:
    """The loop of epochs around a piece of code, in its function or around the calls of it."""
    child = node
    for parent in file.tree.ancestors(node):
        if isinstance(parent, _LOOPS) and child in parent.body:
            inside = any(one is parent for one in file.tree.ancestors(made.node))
            if inside:
                return None
            if _counts_epochs(file, parent):
                return LoopView(file, parent)
        if isinstance(parent, _FUNCTIONS):
            if isinstance(parent, ast.Lambda) or not deepest:
                return None
            calls = _calls_of(file.function_view(parent))
            around = (_repeated(file, call.node, made, deepest - 1) for call in calls)
            return next((loop for loop in around if loop is not None), None)
        child = parent
    return None


def _counts_epochs(file: FileView, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether a loop counts, and more than once."""
    head = [loop.test] if isinstance(loop, ast.While) else [loop.target, loop.iter]
    said = {word for part in head for word in ExprView(file, part).words}
    if any(word.startswith("epoch") for word in said):
        return isinstance(loop, ast.While) or not _is_single(file, loop.iter)
    if isinstance(loop, ast.While) or not said.isdisjoint(_OTHERS):
        return False
    return _count(file, loop.iter) is not None and not _is_single(file, loop.iter)


def _count(file: FileView, node: ast.expr) -> CallView | None:
    """`range(…)`, bare or behind a progress bar."""
    call = ExprView(file, node).call
    if call is None:
        return None
    if call.last_name in ("range", "trange"):
        return call
    inner = call.argument(0)
    return _count(file, inner.node) if call.last_name == "tqdm" and inner is not None else None


def _is_single(file: FileView, node: ast.expr) -> bool:
    call = _count(file, node)
    return call is not None and len(call.arguments) == 1 and call.arguments[0].value.constant == 1


def epoch_name(loop: LoopView) -> str | None:
    """The name that counts the epochs."""
    target = getattr(loop.node, "target", None)
    name = target.id if isinstance(target, ast.Name) else ""
    return name if any(word.startswith("ep") for word in words_of(name)) or name in ("e", "i", "t") else None

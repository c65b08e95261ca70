"""Where training is taken up again from a checkpoint, and which states are restored."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.nodes import AssignView, CallView, ExprView
from torchcheck.code.uses import around
from torchcheck.code.walk import walk
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_COUNTERS = words("epoch epochs step steps iter iteration it global_step start_epoch current_epoch epoch_num n_iter")
_STARTS = words("start starting resume resumed begin initial init first current last global epoch step iter iteration")
_OTHERWISE = words("best print log logger info saved")


@frozen
class Resume:
    """Weights loaded from a checkpoint whose counter says where training goes on.

    Attributes:
        at: the call that loads the weights.
        checkpoint: the checkpoint, as the user calls it.
        counter: the name that takes the epoch or step from it.
    """

    at: CallView
    checkpoint: str
    counter: str


def resumes(file: FileView) -> Iterator[Resume]:
    """Every place that loads weights from a checkpoint, and goes on at the epoch or step that it holds."""
    for call in file.calls:
        if call.method != "load_state_dict":
            continue
        checkpoint = _checkpoint(call.argument(0, "state_dict"))
        counter = _counter(call, checkpoint) if checkpoint is not None else None
        if checkpoint is not None and counter is not None:
            yield Resume(call, checkpoint, counter)


def _checkpoint(state: ExprView | None) -> str | None:
    """`checkpoint` of `checkpoint["model"]` and `checkpoint.get("model")`."""
    if state is None:
        return None
    state = state.value
    if isinstance(state.node, ast.Subscript) and state.base is not None:
        return state.base.text
    call = state.call
    return call.receiver.text if call is not None and call.method == "get" and call.receiver is not None else None


def _counter(load: CallView, checkpoint: str) -> str | None:
    """The name that the same function gives the epoch or step in the checkpoint."""
    for assigned in load.file.assignments:
        if assigned.function is not load.function or assigned.unpacked:
            continue
        name = assigned.target.attribute or assigned.target.identifier or ""
        target = assigned.target.words
        if _STARTS.isdisjoint(target) or not _OTHERWISE.isdisjoint(target):
            continue
        if _reads_counter(assigned, checkpoint):
            return name
    return None


def _reads_counter(assigned: AssignView, checkpoint: str) -> bool:
    for node in walk(assigned.value.node):
        view = ExprView(assigned.file, node) if isinstance(node, ast.Subscript | ast.Call) else None
        if view is None or _checkpoint(view) != checkpoint:
            continue
        key = _key(node)
        if isinstance(key, ast.Constant) and str(key.value).lower() in _COUNTERS:
            return True
    return False


def _key(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Subscript):
        return node.slice
    return node.args[0] if isinstance(node, ast.Call) and node.args else None


def is_replayed(file: FileView, name: str) -> bool:
    """Whether a schedule is brought to where it was: stepped in a loop without a body besides, or told the epoch."""
    for call in file.calls:
        if call.method == "step" and call.receiver is not None and call.receiver.text == name:
            if any("epoch" in arg.value.words or "step" in arg.value.words for arg in call.arguments):
                return True
            loop = file.loop_around(call)
            if loop is not None and len(loop.node.body) == 1:
                return True
    return any(a.target.attribute == "last_epoch" for a in file.assignments)


def assigned_name(call: CallView) -> str | None:
    """The name that what a call builds is given, as written."""
    outer = around(call)
    parent = call.file.tree.parent(call.node)
    if outer is None and isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return ExprView(call.file, parent.targets[0]).text
    return None

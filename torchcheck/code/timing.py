"""Stretches of code between two readings of the clock in which nothing happens but work that a GPU queues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView, ExprView
from torchcheck.code.walk import walk
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_CLOCKS = frozenset(
    {f"time.{name}" for name in ("time", "perf_counter", "monotonic", "time_ns", "perf_counter_ns")}
    | {"timeit.default_timer"}
)
_CONTEXTS = ("torch.no_grad", "torch.inference_mode", "torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast")
_METHODS = words(
    "backward step zero_grad sum mean matmul mm bmm relu softmax view reshape squeeze unsqueeze permute transpose "
    "float half detach add mul add_ mul_ zero_ exp sqrt cuda to append"
)
_WAITING = words("tensor nonzero unique masked_select save load equal allclose is_nonzero set_default_device")
"""Functions of torch that wait for the GPU, or may."""


@frozen
class Timed:
    """A stretch that is timed: the reading of the clock at its end, and the first of the work in it on a GPU."""

    end: ExprView
    work: CallView


def timed_in(file: FileView) -> Iterator[Timed]:
    """The stretches of a file that are timed, and in which nothing waits for the GPU."""
    if not any(call.target in _CLOCKS for call in file.calls):
        return
    for node in file.tree.of_type(ast.Module, ast.FunctionDef, ast.For, ast.With, ast.While, ast.If):
        block = node.body  # type: ignore[attr-defined]
        for place, statement in enumerate(block):
            started = _clock(file, statement)
            if started is not None:
                yield from _until_end(file, block[place + 1 :], started)


def _clock(file: FileView, statement: ast.stmt) -> str | None:
    """The name that a statement gives to the time."""
    if (
        not isinstance(statement, ast.Assign)
        or len(statement.targets) != 1
        or not isinstance(statement.value, ast.Call)
    ):
        return None
    target = statement.targets[0]
    return target.id if isinstance(target, ast.Name) and CallView(file, statement.value).target in _CLOCKS else None


def _until_end(file: FileView, rest: list[ast.stmt], started: str) -> Iterator[Timed]:
    work: list[CallView] = []
    for place, statement in enumerate(rest):
        end = _end(file, statement, rest[place + 1 :], started)
        if end is not None:
            if work:
                yield Timed(end, work[0])
            return
        found = _queued(file, statement)
        if found is None:
            return
        work += found


def _end(file: FileView, statement: ast.stmt, later: list[ast.stmt], started: str) -> ExprView | None:
    """The reading of the clock that the first is taken from, in this statement or in a later one."""
    ended = _clock(file, statement)
    if ended is not None:
        differences = [n for one in later for n in walk(one) if _is_difference(n, started)]
        named = any(isinstance(n.left, ast.Name) and n.left.id == ended for n in differences)
        return ExprView(file, statement.value) if named else None  # type: ignore[attr-defined]
    for node in walk(statement) if not hasattr(statement, "body") else ():
        if _is_difference(node, started) and isinstance(node.left, ast.Call):
            end = CallView(file, node.left)
            return end if end.target in _CLOCKS else None
    return None


def _is_difference(node: ast.AST, started: str) -> bool:
    is_minus = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
    return is_minus and isinstance(node.right, ast.Name) and node.right.id == started  # type: ignore[attr-defined]


def _queued(file: FileView, statement: ast.stmt) -> list[CallView] | None:
    """The calls of a statement that run on a GPU; None where it does anything else that may wait or take time."""
    if isinstance(statement, ast.Expr | ast.Assign):
        return _queued_in(file, statement.value)
    inner: list[CallView] = []
    if isinstance(statement, ast.With):
        if not all(_is_mode(file, item.context_expr) for item in statement.items):
            return None
    elif isinstance(statement, ast.For):
        counted = ExprView(file, statement.iter).call
        if counted is None or counted.target != "builtins.range":
            return None
    else:
        return [] if isinstance(statement, ast.Pass) else None
    for one in statement.body:
        found = _queued(file, one)
        if found is None:
            return None
        inner += found
    return inner


def _is_mode(file: FileView, context: ast.expr) -> bool:
    call = ExprView(file, context).call
    return call is not None and call.target in _CONTEXTS


def _queued_in(file: FileView, value: ast.expr) -> list[CallView] | None:
    found: list[CallView] = []
    for node in walk(value):
        if isinstance(node, ast.Call):
            call = CallView(file, node)
            if not _is_queued(call):
                return None
            if _runs_on_gpu(call):
                found.append(call)
        elif isinstance(node, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.Await | ast.JoinedStr):
            return None
    return found


def _is_queued(call: CallView) -> bool:
    """Whether a call is known to come back before the GPU has done its work."""
    target = call.target or ""
    if (target.startswith("torch.") and target.count(".") == 1) or target.startswith("torch.nn.functional."):
        return call.last_name not in _WAITING
    if target:
        return False
    if call.method == "to":
        first = call.argument(0)
        return first is not None and _is_gpu(first)
    if call.method in _METHODS:
        return True
    return call.func.identifier is not None and on_gpu(call.func)


def _runs_on_gpu(call: CallView) -> bool:
    """Whether it calls a model that is on a GPU, or a function of torch with a tensor that is."""
    if call.target is None:
        return call.method is None and on_gpu(call.func)
    return any(on_gpu(argument.value) for argument in call.arguments)


def on_gpu(view: ExprView) -> bool:
    """Whether a name stands for a model or tensor that the source puts on a GPU."""
    if view.identifier is None:
        return False
    found = view.scope.find(view.identifier)
    values = [b.node for b in found[1] if isinstance(b.node, ast.expr) and not b.path] if found is not None else []
    for value in values:
        for node in walk(value):
            if isinstance(node, ast.Call) and _puts_on_gpu(CallView(view.file, node)):
                return True
    calls = (call for call in view.file.calls if call.receiver is not None and call.method in ("cuda", "to"))
    return any(call.receiver is not None and call.receiver.text == view.text and _puts_on_gpu(call) for call in calls)


def _puts_on_gpu(call: CallView) -> bool:
    if call.method == "cuda" and call.target is None:
        return True
    where = call.argument(0, "device") if call.method == "to" else call.argument(None, "device")
    return where is not None and _is_gpu(where)


def _is_gpu(view: ExprView) -> bool:
    return "cuda" in view.value.text

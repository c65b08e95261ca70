"""Numbers that a loop over a data loader adds up, and what their sum is divided by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchcheck.code.kinds import Kind
from torchcheck.code.nodes import CallView, ExprView, NodeView
from torchcheck.code.walk import walk
from torchcheck.code.words import words_of
from torchcheck.records import frozen
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_PASSES_ON = words("enumerate tqdm track iter")
_MEANS = words("mean fmean average nanmean")
_EVALUATES = words("eval evaluate evaluation val valid validate validation test")
_UNRECORDED = ("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad")


@frozen
class Average:
    """A sum over the batches of a loader, divided after the loop.

    Attributes:
        at: the division, or the call that takes the mean of a list.
        total: what is added to, as the user writes it.
        value: what each batch adds.
        loader: what the loop runs over.
        by_samples: the sum is divided by the size of the data set; else by the number of batches.
        evaluates: the loop evaluates, and nothing in it learns.
    """

    at: ExprView
    total: str
    value: ExprView
    loader: ExprView
    by_samples: bool
    evaluates: bool


def averages(file: FileView) -> Iterator[Average]:
    """Every average that a loop over a data loader makes."""
    for node in file.tree.of_type(ast.For):
        if not isinstance(node, ast.For):
            continue
        loader = _loader(ExprView(file, node.iter))
        if loader is None:
            continue
        evaluates = _evaluates(file, node)
        for total, value, is_list in _added(file, node):
            found = _division(file, node, total, loader, is_list)
            if found is not None:
                yield Average(found[0], total, value, loader, found[1], evaluates)


def _loader(source: ExprView) -> ExprView | None:
    call = source.call
    while call is not None and call.last_name in _PASSES_ON and call.arguments:
        source = call.arguments[0].value
        call = source.call
    name = (source.attribute or source.identifier or "").lower()
    return source if source.kind is Kind.LOADER or "loader" in name else None


def _added(file: FileView, loop: ast.For) -> Iterator[tuple[str, ExprView, bool]]:
    """What the body adds to which name; and whether that is a list."""
    for node in (inner for statement in loop.body for inner in walk(statement)):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            yield ExprView(file, node.target).text, ExprView(file, node.value), False
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Add):
            total = ExprView(file, node.targets[0]).text
            if ExprView(file, node.value.left).text == total:
                yield total, ExprView(file, node.value.right), False
        elif isinstance(node, ast.Call):
            call = CallView(file, node)
            first = call.argument(0)
            if call.method == "append" and call.receiver is not None and first is not None:
                yield call.receiver.text, first, True


def _division(
    file: FileView, loop: ast.For, total: str, loader: ExprView, is_list: bool
) -> tuple[ExprView, bool] | None:
    """The first division of a sum after its loop, and whether it is by the number of samples."""
    nodes = [n for n in _beside(file, loop) if getattr(n, "lineno", 0) > (loop.end_lineno or 0)]
    for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and is_list and _is_mean_of(CallView(file, node), total):
            return ExprView(file, node), False
        sides = _sides(node)
        if sides is None or not _is_total(ExprView(file, sides[0]), total, is_list):
            continue
        counted = _counted(ExprView(file, sides[1]))
        if counted is None:
            return None
        if counted == loader.text or (is_list and counted == total):
            return ExprView(file, node), False
        is_size = counted == f"{loader.text}.dataset"
        return (ExprView(file, node), True) if is_size and not is_list else None
    return None


def _beside(file: FileView, loop: ast.For) -> list[ast.AST]:
    function = NodeView(file, loop).function
    return function.nodes if function is not None else list(file.tree.of_type(ast.BinOp, ast.AugAssign, ast.Call))


def _sides(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return node.left, node.right
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        return node.target, node.value
    return None


def _is_total(view: ExprView, total: str, is_list: bool) -> bool:
    """Whether it is the sum: the name, or `sum(name)` of a list."""
    if not is_list:
        return view.text == total
    call = view.call
    first = call.argument(0) if call is not None and call.last_name == "sum" else None
    return first is not None and first.text == total


def _counted(view: ExprView) -> str | None:
    """`loader` of `len(loader)`, also through a name."""
    call = view.value.call
    first = call.argument(0) if call is not None and call.target == "builtins.len" else None
    return first.text if first is not None else None


def _is_mean_of(call: CallView, total: str) -> bool:
    """`np.mean(losses)`, `torch.tensor(losses).mean()`."""
    if call.last_name not in _MEANS:
        return False
    first = call.argument(0)
    if call.target is not None:
        return first is not None and first.text == total
    made = call.receiver.call if call.receiver is not None else None
    inner = made.argument(0) if made is not None and (made.target or "").startswith("torch.") else None
    return inner is not None and inner.text == total


def _evaluates(file: FileView, loop: ast.For) -> bool:
    view = NodeView(file, loop)
    if any(isinstance(n, ast.Attribute) and n.attr.endswith("backward") for n in walk(loop)):
        return False
    function = view.function
    if function is not None and not _EVALUATES.isdisjoint(words_of(function.name)):
        return True
    return view.within(*_UNRECORDED)

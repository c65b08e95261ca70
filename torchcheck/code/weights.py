"""Whether numbers are counted, or given, one a class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchcheck.code.nodes import ExprView
from torchcheck.code.scopes import Binding, How
from torchcheck.code.walk import walk
from torchcheck.code.words import words_in
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code.nodes import CallView

_COUNTS = words("bincount compute_class_weight value_counts Counter")
_SAME_LENGTH = words(
    "tensor as_tensor from_numpy FloatTensor DoubleTensor Tensor array asarray list tuple reciprocal sqrt power pow "
    "log float double tolist numpy to values astype cpu type clone detach copy to_numpy sort_index exp clamp clip "
    "softmax"
)
_CLASSES = words("class classes label labels cls categories")
_DEEPEST = 10
_MOST_CLASSES = 30


def counted_by_class(view: ExprView, depth: int = 0) -> ExprView | None:
    """What makes the values of an expression one a class: a count of labels, or a list of numbers; None where unknown.

    An index (`weights[labels]`) or a loop over samples makes them one a sample.
    """
    node = view.node
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name):
        return _of_name(view, depth)
    if isinstance(node, ast.Attribute) and node.attr == "values":  # of a series
        return counted_by_class(ExprView(view.file, node.value), depth + 1)
    if isinstance(node, ast.BinOp):
        sides = (ExprView(view.file, side) for side in (node.left, node.right))
        return next((found for side in sides if (found := counted_by_class(side, depth + 1)) is not None), None)
    if isinstance(node, ast.ListComp) and len(node.generators) == 1 and not node.generators[0].ifs:
        return _of_comprehension(view, node, depth)
    if isinstance(node, ast.Call) and view.call is not None:
        return _of_call(view.call, depth)
    shown = isinstance(node, ast.List) and 2 <= len(node.elts) <= _MOST_CLASSES
    return view if shown and all(isinstance(ExprView(view.file, e).constant, int | float) for e in node.elts) else None


def _of_name(view: ExprView, depth: int) -> ExprView | None:
    found = view.scope.find(view.identifier or "")
    if found is None or any(not _is_assigned(binding) for binding in found[1]):
        return None
    before = [b for b in found[1] if b.node is not None and _line(b.node) < _line(view.node) and b.how is How.VALUE]
    if not before:
        return None
    last = max(before, key=lambda binding: _line(binding.node))
    if not isinstance(last.node, ast.expr) or _line(last.node) == 0:
        return None
    value = ExprView(view.file, last.node)
    if last.path:
        call = value.call
        is_count = call is not None and call.last_name == "unique" and call.argument(None, "return_counts") is not None
        return value if is_count and last.path == (1,) else None
    return counted_by_class(value, depth + 1)


def _is_assigned(binding: Binding) -> bool:
    """Whether a binding leaves the length as it is, or says what it is."""
    return binding.how is How.VALUE or (
        isinstance(binding.node, ast.AugAssign) and isinstance(binding.node.op, ast.Div | ast.Mult)
    )


def _line(node: ast.AST | None) -> int:
    return getattr(node, "lineno", 0)


def _of_comprehension(view: ExprView, node: ast.ListComp, depth: int) -> ExprView | None:
    source = ExprView(view.file, node.generators[0].iter)
    found = counted_by_class(source, depth + 1)
    if found is not None:
        return found
    call = source.call
    over = source.node
    if call is not None and call.target == "builtins.range" and len(call.node.args) == 1:
        over = call.node.args[0]
    elif call is not None and call.last_name in ("unique", "set", "sorted"):
        return view
    elif call is not None:
        return None
    is_plural = not words_in(over).isdisjoint({"classes", "labels", "categories"} if call is None else _CLASSES)
    counts = any(isinstance(n, ast.Compare) or getattr(n, "attr", "") in ("count", "sum") for n in walk(node.elt))
    return view if is_plural and (counts or call is not None) else None


def _of_call(call: CallView, depth: int) -> ExprView | None:
    if call.last_name in _COUNTS:
        return call
    if call.last_name not in _SAME_LENGTH:
        return None
    first = call.argument(0)
    is_method = call.receiver is not None and call.target is None
    given = call.receiver if is_method else first
    return counted_by_class(given, depth + 1) if given is not None else None

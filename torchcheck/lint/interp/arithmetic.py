"""Arithmetic with tensors: what stays logits, what becomes unknown, and differences that broadcast."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Activation, Shape
from torchcheck.lint import ir
from torchcheck.lint.interp.join import join_deps, plain
from torchcheck.lint.interp.shapes import broadcast
from torchcheck.lint.interp.tensors import deps_of, matmul
from torchcheck.lint.interp.torch_values import NOTHING, ByHand, Tensor
from torchcheck.lint.interp.values import Const, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def binary(m: Machine, expr: ir.Binary, left: Value, right: Value) -> Value:
    """`left op right` where one of them is a tensor."""
    left, right = plain(left), plain(right)
    if expr.op == "@":
        m.use(left, right)
        return matmul(left, right)
    deps = join_deps([deps_of(left), deps_of(right)])
    shape = _shape(left, right)
    if _keeps_logits(expr.op, left, right):
        return Tensor(Activation.LINEAR, None, shape, deps)
    mixed = _mixture(expr.op, left, right)
    if mixed is not None:
        return Tensor(Activation.SOFTMAX, mixed.applied, shape, deps)
    m.use(left, right)
    return Tensor(shape=shape, deps=deps, by_hand=_by_hand(m, expr, left, right))


def negated(m: Machine, value: Tensor) -> Tensor:
    if value.activation is Activation.LINEAR:
        return replace(value, by_hand=None, leaf=False)
    m.use(value)
    return Tensor(shape=value.shape, deps=value.deps, by_hand=value.by_hand, cut=value.cut, lost=value.lost)


def compared(left: Value, right: Value) -> Tensor:
    """A comparison carries no gradient."""
    return Tensor(shape=_shape(plain(left), plain(right)), deps=NOTHING)


def _shape(left: Value, right: Value) -> Shape | None:
    shapes = [v.shape if isinstance(v, Tensor) else () if isinstance(v, Const) else None for v in (left, right)]
    return broadcast(shapes[0], shapes[1])


def _keeps_logits(op: str, left: Value, right: Value) -> bool:
    """Sums of logits, and logits shifted or scaled by constants or parameters, are logits."""
    kinds = [_kind(left), _kind(right)]
    if "logits" not in kinds:
        return False
    if op in ("+", "-"):
        return all(kind in ("logits", "constant", "parameter") for kind in kinds)
    if op in ("*", "/"):
        return kinds in (["logits", "constant"], ["logits", "parameter"]) or (
            op == "*" and kinds in (["constant", "logits"], ["parameter", "logits"])
        )
    return False


def _mixture(op: str, left: Value, right: Value) -> Tensor | None:
    """Sums of softmax outputs, and fractions of them, as in the mean of several: softmax outputs still."""
    one = left if isinstance(left, Tensor) and left.activation is Activation.SOFTMAX else None
    two = right if isinstance(right, Tensor) and right.activation is Activation.SOFTMAX else None
    if op == "+":
        return one if two is not None else None
    if op == "/":
        return one if _number(right) >= 1 else None
    if op == "*":
        return one if 0 < _number(right) <= 1 else two if 0 < _number(left) <= 1 else None
    return None


def _number(value: Value) -> float:
    known = isinstance(value, Const) and isinstance(value.value, int | float)
    return float(value.value) if isinstance(value, Const) and known else 0.0


def _kind(value: Value) -> str:
    if isinstance(value, Const):
        return "constant"
    if isinstance(value, Tensor):
        if value.activation is Activation.LINEAR:
            return "logits"
        return "parameter" if value.leaf else ""
    return ""


def _by_hand(m: Machine, expr: ir.Binary, left: Value, right: Value) -> ByHand | None:
    if expr.op == "-":
        return _difference(m, expr, left, right) or _carried(left, right)
    if expr.op == "**":
        base = left.by_hand if isinstance(left, Tensor) else None
        squared = base is not None and base.stage == 0 and right == Const(2)
        return replace(base, stage=1) if base is not None and squared else None
    if expr.op == "*" and expr.left is not expr.right and _same_difference(left, right):
        assert isinstance(left, Tensor)
        assert left.by_hand is not None
        return replace(left.by_hand, stage=1)
    return _carried(left, right) if expr.op in ("+", "*", "/") else None


def _same_difference(left: Value, right: Value) -> bool:
    if not isinstance(left, Tensor) or not isinstance(right, Tensor) or left.by_hand is None:
        return False
    return left.by_hand is right.by_hand and left.by_hand.stage == 0


def _carried(left: Value, right: Value) -> ByHand | None:
    """A formula that is scaled, or added to another term, is still there."""
    for value in (left, right):
        if isinstance(value, Tensor) and value.by_hand is not None and value.by_hand.stage > 0:
            return value.by_hand
    return None


def _difference(m: Machine, expr: ir.Binary, left: Value, right: Value) -> ByHand | None:
    if not isinstance(left, Tensor) or not isinstance(right, Tensor):
        return None
    if left.shape is None or right.shape is None or left.shape == right.shape:
        return None
    if _written_pairwise(expr.left) or _written_pairwise(expr.right):
        return None
    if not (left.deps - {0} or right.deps - {0}):
        return None  # nothing here is learned: no loss
    prediction, target, source = (left, right, expr.left)
    if right.deps - {0} and not left.deps - {0}:
        prediction, target, source = (right, left, expr.right)
    assert prediction.shape is not None
    assert target.shape is not None
    return ByHand(m.place(expr), m.text(source), prediction.shape, target.shape)


def _written_pairwise(expr: ir.Expr) -> bool:
    """Whether an axis of size 1 is put in right here: the difference of all pairs is meant."""
    if isinstance(expr, ir.Subscript):
        return any(isinstance(i, ir.Constant) and i.value is None for i in expr.index)
    if isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attribute):
        return expr.func.attr in ("unsqueeze", "view", "reshape", "expand")
    return False

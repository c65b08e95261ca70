"""Interpreting expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchcheck.lint import ir
from torchcheck.lint.interp import arithmetic, cuts
from torchcheck.lint.interp.assign import assign
from torchcheck.lint.interp.attributes import attribute
from torchcheck.lint.interp.calls import eval_call
from torchcheck.lint.interp.comprehensions import comprehension
from torchcheck.lint.interp.conditions import condition_key, is_none, truth_of
from torchcheck.lint.interp.events import Handed
from torchcheck.lint.interp.generators import gathered, spend
from torchcheck.lint.interp.indexing import subscript
from torchcheck.lint.interp.iteration import element, spread_items
from torchcheck.lint.interp.join import join
from torchcheck.lint.interp.names import load_name
from torchcheck.lint.interp.torch_values import Parameters, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Const, Function, Mapping, Sequence, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_MAX_ITEMS = 40
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _name(m: Machine, expr: ir.Name) -> Value:
    return load_name(m, expr.id)


def _constant(m: Machine, expr: ir.Constant) -> Value:
    return Const(expr.value)


def _attribute(m: Machine, expr: ir.Attribute) -> Value:
    if expr.attr == "backward":
        m.events.append(Handed())  # not called here, so perhaps elsewhere
    return attribute(m, m.eval(expr.value), expr)


def _display(m: Machine, expr: ir.Display) -> Value:
    items: list[Value] = []
    is_open = False
    for item in expr.items:
        if not isinstance(item, ir.Starred):
            items.append(m.eval(item))
            continue
        spread = m.eval(item.value)
        spend(m, spread, item.value, item.value)
        known, unseen = spread_items(m, spread)
        items, is_open = (known, True) if unseen else ([*items, *known], is_open)
    return sequence(expr.kind, items, is_open)


def _dict(m: Machine, expr: ir.DictDisplay) -> Value:
    mapping = Mapping({})
    for key, item in expr.items:
        value = m.eval(item)
        if key is None:
            if isinstance(value, Mapping):
                mapping.cells.update(value.cells)
            mapping.open = mapping.open or not isinstance(value, Mapping) or value.open
            continue
        name = m.eval(key)
        if isinstance(name, Const) and isinstance(name.value, str | int):
            mapping.cells[name.value] = value
        else:
            mapping.open = True
    return mapping


def _subscript(m: Machine, expr: ir.Subscript) -> Value:
    return subscript(m, m.eval(expr.value), expr)


def _slice(m: Machine, expr: ir.Slice) -> Value:
    for part in (expr.lower, expr.upper, expr.step):
        if part is not None:
            m.eval(part)
    return UNKNOWN


def _binary(m: Machine, expr: ir.Binary) -> Value:
    return binary_values(m, expr, m.eval(expr.left), m.eval(expr.right))


def binary_values(m: Machine, expr: ir.Binary, left: Value, right: Value) -> Value:
    """The value of an operation on two values."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _folded(expr.op, left.value, right.value)
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return cuts.combined(expr, left, right, arithmetic.binary(m, expr, left, right))
    if expr.op == "+" and isinstance(left, Parameters) and isinstance(right, Parameters):
        return gathered([left, right])
    if expr.op == "+" and isinstance(left, Sequence | Parameters) and isinstance(right, Sequence | Parameters):
        kind = left.kind if isinstance(left, Sequence) else "list"
        (before, unseen), (after, hides) = spread_items(m, left), spread_items(m, right)
        return sequence(kind, after, True) if hides else sequence(kind, [*before, *after], unseen)
    if expr.op == "*" and isinstance(left, Sequence) and isinstance(right, Const) and isinstance(right.value, int):
        count = right.value if 0 <= right.value * len(left.items) <= _MAX_ITEMS else 1
        return sequence(left.kind, left.items * count, left.unseen or count != right.value)
    if expr.op == "*" and isinstance(left, Sequence):
        return sequence(left.kind, left.items, True)
    return UNKNOWN


def _folded(op: str, left: Any, right: Any) -> Value:
    """Arithmetic on constants, where it is cheap and certain."""
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if (
        op in ("==", "!=")
        and isinstance(left, int | float | str | None)
        and isinstance(right, int | float | str | None)
    ):
        return Const(_OPERATORS[op](left, right))
    if not numbers or op not in _OPERATORS or max(abs(left), abs(right)) > 1e12:
        return UNKNOWN
    try:
        return Const(_OPERATORS[op](left, right))
    except (ArithmeticError, ValueError):
        return UNKNOWN


def _unary(m: Machine, expr: ir.Unary) -> Value:
    value = m.eval(expr.operand)
    if expr.op == "not":
        known = truth_of(value)
        return Const(not known) if known is not None else UNKNOWN
    if expr.op == "-" and isinstance(value, Tensor):
        return arithmetic.negated(m, value)
    if expr.op == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
        return Const(-value.value)
    return UNKNOWN


def _boolean(m: Machine, expr: ir.Boolean) -> Value:
    left = m.eval(expr.left)
    known = truth_of(left)
    if known is not None:
        return m.eval(expr.right) if known is (expr.op == "and") else left
    values: list[Value] = []

    def right() -> None:
        values.append(m.eval(expr.right))

    m.fork(None, [right, lambda: None])
    if expr.op == "and" and truth_of(values[0]) is False:
        return Const(False)
    return join([left, values[0]]) if expr.op == "or" else UNKNOWN


def _compare(m: Machine, expr: ir.Compare) -> Value:
    left, right = m.eval(expr.left), m.eval(expr.right)
    m.use(left, right)
    if expr.op in ("is", "is not"):
        if isinstance(right, Const) and right.value is None:
            known = is_none(left)
            return Const(known is (expr.op == "is")) if known is not None else UNKNOWN
        return UNKNOWN
    if expr.op in ("in", "not in"):
        return _contained(left, right, expr.op)
    if isinstance(left, Const) and isinstance(right, Const):
        return _folded(expr.op, left.value, right.value)
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return cuts.compared(m, expr, left, right, arithmetic.compared(left, right))
    return UNKNOWN


def _contained(left: Value, right: Value, op: str) -> Value:
    items = right.items if isinstance(right, Sequence) and not right.open else None
    if not isinstance(left, Const) or items is None or not all(isinstance(item, Const) for item in items):
        return UNKNOWN
    return Const((left in items) is (op == "in"))


def _if_exp(m: Machine, expr: ir.IfExp) -> Value:
    known = truth_of(m.eval(expr.test))
    if known is not None:
        return m.eval(expr.body if known else expr.orelse)
    values: list[Value] = []

    def arm(part: ir.Expr) -> Callable[[], None]:
        return lambda: values.append(m.eval(part))

    key, positive = condition_key(m, expr.test)
    arms = [arm(expr.body), arm(expr.orelse)]
    m.fork(key, arms if positive else arms[::-1])
    return join(values)


def _lambda(m: Machine, expr: ir.Lambda) -> Value:
    return Function(expr, m.frame.scope, m.frame)


def _starred(m: Machine, expr: ir.Starred) -> Value:
    return m.eval(expr.value)


def _walrus(m: Machine, expr: ir.Walrus) -> Value:
    value = m.eval(expr.value)
    assign(m, expr.target, value)
    return value


def _opaque(m: Machine, expr: ir.Opaque) -> Value:
    for part in expr.parts:
        m.use(m.eval(part))
    return UNKNOWN


def _yield(m: Machine, expr: ir.Yield) -> Value:
    value = m.eval(expr.value)
    m.use(value)
    m.frame.yielded.append(element(m, value) if expr.each else value)
    return UNKNOWN


EVALUATORS: dict[type, Callable[[Any, Any], Value]] = {
    ir.Name: _name,
    ir.Constant: _constant,
    ir.Attribute: _attribute,
    ir.Call: eval_call,
    ir.Display: _display,
    ir.DictDisplay: _dict,
    ir.Subscript: _subscript,
    ir.Slice: _slice,
    ir.Binary: _binary,
    ir.Unary: _unary,
    ir.Boolean: _boolean,
    ir.Compare: _compare,
    ir.IfExp: _if_exp,
    ir.Lambda: _lambda,
    ir.Comprehension: comprehension,
    ir.Starred: _starred,
    ir.Walrus: _walrus,
    ir.Opaque: _opaque,
    ir.Yield: _yield,
}

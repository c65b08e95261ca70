"""Conditions: which arm is taken where that is known, and which conditions are the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.torch_values import Criterion, Gradient, Module, Optimizer, Scaler, Scheduler, Tensor
from torchcheck.lint.interp.values import Class, Const, Function, Instance, Mapping, Sequence, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_THERE = (Module, Criterion, Class, Instance, Function, Optimizer, Scheduler, Scaler, Tensor, Sequence, Mapping)
"""Values that are certainly not None."""
_TRUE = (Class, Function, Optimizer, Scheduler, Scaler, Criterion)
"""Values that are certainly true."""


def truth(m: Machine, test: ir.Expr) -> bool | None:
    """Whether a condition holds; None when not known. It is evaluated for what happens in it."""
    return truth_of(m.eval(test))


def truth_of(value: Value) -> bool | None:
    """Whether a value is true; None when not known."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Sequence) and not value.open:
        return bool(value.items)
    return True if isinstance(value, _TRUE) else None


def is_none(value: Value) -> bool | None:
    """Whether a value is None; None when not known."""
    if isinstance(value, Const):
        return value.value is None
    return False if isinstance(value, (*_THERE, Gradient)) else None


def condition_key(m: Machine, test: ir.Expr) -> tuple[str | None, bool]:
    """A text that is equal for equal conditions, and whether it is the condition or its negation that it stands for.

    `x`, `x is not None` and `bool(x)` are one condition as far as branches go.
    """
    positive = True
    while True:
        if isinstance(test, ir.Unary) and test.op == "not":
            test, positive = test.operand, not positive
        elif isinstance(test, ir.Compare) and test.op in ("is", "is not") and _is_none(test.right):
            positive = positive if test.op == "is not" else not positive
            test = test.left
        else:
            break
    names = sorted(set(_names(test)))
    if isinstance(test, ir.Compare) and test.op in ("==", "!=", "is", "is not"):
        positive = positive if test.op in ("==", "is") else not positive
        text = f"{show(test.left)} == {show(test.right)}"
    else:
        text = show(test)
    versions = ",".join(f"{name}{m.version(m.frame, name)}" for name in names)
    return (f"{text} @ {versions} @ {id(m.frame.cells)}", positive) if names else (None, positive)


def number_where(test: ir.Expr, *, holds: bool) -> str | None:
    """The name that stands for a plain number where a condition holds, or where it doesn't.

    As after `isinstance(loss, float)` and `not isinstance(loss, torch.Tensor)`.
    """
    while isinstance(test, ir.Unary) and test.op == "not":
        test, holds = test.operand, not holds
    if not isinstance(test, ir.Call) or show(test.func) not in ("isinstance", "torch.is_tensor"):
        return None
    if not test.args or not isinstance(test.args[0].value, ir.Name):
        return None
    kinds = show(test.args[1].value) if len(test.args) > 1 else "torch.Tensor"
    tells = kinds in ("float", "int") if holds else kinds in ("torch.Tensor", "Tensor")
    return test.args[0].value.id if tells else None


def show(expr: ir.Expr) -> str:
    """An expression as a text that is equal for equal expressions."""
    if isinstance(expr, ir.Name):
        return expr.id
    if isinstance(expr, ir.Constant):
        return repr(expr.value)
    if isinstance(expr, ir.Attribute):
        return f"{show(expr.value)}.{expr.attr}"
    if isinstance(expr, ir.Binary | ir.Compare | ir.Boolean):
        return f"({show(expr.left)} {expr.op} {show(expr.right)})"
    if isinstance(expr, ir.Unary):
        return f"{expr.op} {show(expr.operand)}"
    if isinstance(expr, ir.Subscript):
        return f"{show(expr.value)}[{', '.join(map(show, expr.index))}]"
    if isinstance(expr, ir.Call):
        arguments = [f"{a.star}{a.keyword or ''}={show(a.value)}" for a in expr.args]
        return f"{show(expr.func)}({', '.join(arguments)})"
    return f"<{id(expr.node)}>"


def _is_none(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Constant) and expr.value is None


def _names(expr: ir.Expr) -> list[str]:
    if isinstance(expr, ir.Name):
        return [expr.id]
    if isinstance(expr, ir.Attribute | ir.Starred):
        return _names(expr.value)
    if isinstance(expr, ir.Call):
        return _names(expr.func) + [name for argument in expr.args for name in _names(argument.value)]
    if isinstance(expr, ir.Binary | ir.Compare | ir.Boolean):
        return _names(expr.left) + _names(expr.right)
    if isinstance(expr, ir.Unary):
        return _names(expr.operand)
    if isinstance(expr, ir.Subscript):
        return _names(expr.value)
    if isinstance(expr, ir.Opaque):
        return [name for part in expr.parts for name in _names(part)]
    return []

"""Where the loss that is backpropagated comes from, as far as the text of one function says it plainly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.events import LossMade
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import Criterion
from torchcheck.lint.interp.values import Const, Symbol, Unknown
from torchcheck.patterns import pattern
from torchcheck.torch_names import LOSS_FUNCTIONS, LOSS_MODULES, words

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_LOSS_NAME = pattern(r"(?i)loss|objective|^cost$|^l$")
_CRITERION_NAME = pattern(r"(?i)^(criterion|loss_?(fn|func|function)|cost_?(fn|function))")
_KEEPS = words("mean float double squeeze to cuda")
_MAX_DEPTH = 8


def note(m: Machine, target: ir.Expr, source: ir.Expr) -> None:
    """Remember what a name is bound to."""
    if isinstance(target, ir.Name):
        m.frame.sources.setdefault(target.id, []).append(source)
        if m.grad_off <= 0 and _LOSS_NAME.search(target.id) and isinstance(source, ir.Call | ir.Binary):
            m.events.append(LossMade())
    elif isinstance(target, ir.Display):
        for item in target.items:
            for name in _names(item):
                m.frame.sources.setdefault(name, []).append(None)


def _names(target: ir.Expr) -> list[str]:
    from torchcheck.lint.interp.scope import target_names

    return target_names(target)


def is_plain_loss(m: Machine, expr: ir.Expr | None, depth: int = 0) -> bool:
    """Whether an expression is surely the mean loss of a batch as a criterion or a model gives it, or a sum with one.

    Nothing has divided, scaled or summed it over the batch; a name must be such a loss wherever it is bound.
    """
    if expr is None or depth > _MAX_DEPTH:
        return False
    if isinstance(expr, ir.Name):
        bound = m.frame.sources.get(expr.id, [])
        return bool(bound) and all(is_plain_loss(m, source, depth + 1) for source in bound)
    if isinstance(expr, ir.Binary) and expr.op == "+":
        return is_plain_loss(m, expr.left, depth + 1) or is_plain_loss(m, expr.right, depth + 1)
    if isinstance(expr, ir.Attribute) and expr.attr == "loss":
        return _is_output(m, expr.value)
    return isinstance(expr, ir.Call) and _is_plain_call(m, expr, depth)


def _is_output(m: Machine, expr: ir.Expr) -> bool:
    """Whether an expression is what calling a model gave: such outputs carry a mean loss."""
    if isinstance(expr, ir.Name):
        bound = m.frame.sources.get(expr.id, [])
        return bool(bound) and all(isinstance(source, ir.Call) and _is_model_call(source) for source in bound)
    return isinstance(expr, ir.Call) and _is_model_call(expr)


def _is_model_call(call: ir.Call) -> bool:
    return re.search(r"(?i)(model|net|lm|bert|gpt)\d*$", last_part(spell(call.func))) is not None


def _is_plain_call(m: Machine, call: ir.Call, depth: int) -> bool:
    func = call.func
    if isinstance(func, ir.Attribute):
        if func.attr in ("scale", "scale_loss") and call.args:
            return is_plain_loss(m, call.args[0].value, depth + 1)
        if func.attr in _KEEPS:
            return is_plain_loss(m, func.value, depth + 1)
    if any(a.keyword == "reduction" and not _is_mean(a.value) for a in call.args) or any(a.star for a in call.args):
        return False
    if isinstance(func, ir.Call):  # `nn.CrossEntropyLoss()(output, target)`
        whole = all(a.keyword != "reduction" or _is_mean(a.value) for a in func.args)
        return whole and last_part(spell(func.func)) in LOSS_MODULES
    if last_part(spell(func)) in LOSS_FUNCTIONS:
        return True
    return isinstance(func, ir.Name | ir.Attribute) and _is_criterion(m, func)


def _is_criterion(m: Machine, func: ir.Name | ir.Attribute) -> bool:
    """Whether a callee is a criterion that averages, by what is known of it or by its name."""
    with m.recording():
        value = m.eval(func)
    if isinstance(value, Criterion):
        return bool(value.arguments.get("reduction", Const("mean")) == Const("mean"))
    return isinstance(value, Symbol | Unknown) and _CRITERION_NAME.search(last_part(spell(func))) is not None


def _is_mean(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Constant) and expr.value == "mean"

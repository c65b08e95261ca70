"""`with` statements: what they bind, and where gradients are off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.assign import assign
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.values import UNKNOWN, External, ExternalObject, Instance, Value
from torchcheck.lint.torch_tables import GRAD_ON, NO_GRAD
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

_LEAVES_GRAD = pattern(
    r"(?i)autocast|^amp|^open$|tqdm|progress|^bar|suppress|warnings|profil|record_function|^device|nullcontext|join|"
    r"fork_rng|accumul|no_sync|timer|timing|writer|executor|pool|lock|temp|redirect|detect_anomaly|enable_grad|stdout|"
    r"start_run|scale_loss|sdp|stream|torch_compat|printoptions|chdir"
)
"""Contexts that leave recording as it is, by their names. Any other one may switch it off."""


def enter(m: Machine, expr: ir.Expr, target: ir.Expr | None) -> str:
    """Enter one context; the answer is for `leave`."""
    value = m.eval(expr)
    if target is not None:
        assign(m, target, _bound(m, expr, value))
    kind = value.kind if isinstance(value, ExternalObject) else value.name if isinstance(value, External) else ""
    if kind in NO_GRAD:
        m.grad_off += 1
        return "no_grad"
    if kind != GRAD_ON and not _LEAVES_GRAD.search(last_part(spell(expr.func if isinstance(expr, ir.Call) else expr))):
        m.grad_unclear += 1
        return "unclear"
    return ""


def leave(m: Machine, context: str) -> None:
    if context == "no_grad":
        m.grad_off -= 1
    elif context == "unclear":
        m.grad_unclear -= 1


def _bound(m: Machine, expr: ir.Expr, value: Value) -> Value:
    if isinstance(value, Instance) or value == ExternalObject("io.BytesIO"):
        return value
    if isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attribute) and expr.func.attr == "scale_loss":
        return m.eval(expr.args[0].value) if expr.args else UNKNOWN
    return value if isinstance(expr, ir.Call) and isinstance(expr.func, ir.Name) and expr.func.id == "tqdm" else UNKNOWN

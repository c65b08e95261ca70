"""Optimizers, schedulers, scalers and gradients: what their methods do to gradients."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.cuts import learned_from
from torchcheck.lint.interp.events import Handed
from torchcheck.lint.interp.generators import spend, used_by
from torchcheck.lint.interp.history import watch_backward
from torchcheck.lint.interp.join import options_of, plain
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.tensors import deps_of
from torchcheck.lint.interp.torch_values import NOTHING, Gradient, Optimizer, Tensor
from torchcheck.lint.interp.values import (
    UNKNOWN,
    Const,
    Function,
    Instance,
    Method,
    Partial,
    Sequence,
    Symbol,
    Value,
)
from torchcheck.lint.torch_tables import (
    OPTIMIZER_NAME,
)
from torchcheck.patterns import pattern
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_HARMLESS = words(
    "state_dict load_state_dict add_param_group train eval param_groups state "
    "consolidate_state_dict defaults get_lr set_lr"
)
_ENDLESS = pattern(r"(?i)\binf(inity)?\b|\b1e([89]|\d\d)\b")
"""Limits that limit nothing: the call is for the norm that it gives back."""
_NEVER = (Const, Function, Instance)
"""Values that are no optimizer, whatever their name: None, or a class of the project's own that holds some."""
HOOKS = words(
    "register_post_accumulate_grad_hook register_step_post_hook register_step_pre_hook "
    "register_optimizer_step_post_hook register_optimizer_step_pre_hook"
)
"""Methods that have something run at each backward or step."""


def optimizer_method(m: Machine, func: Method, site: CallSite) -> Value:
    optimizer = func.receiver
    assert isinstance(optimizer, Optimizer)
    text = m.text(func.node.value)
    if func.name == "step":
        run_closure(m, site.arg(0, "closure"), site.node)
        act = Act.UNKNOWN if optimizer.kind.endswith(".step") else Act.STEP
        m.happen(act, site.node, optimizer, text=text, scaled=False)
    elif func.name == "zero_grad":
        m.happen(Act.CLEAR, site.node, optimizer, text=text)
    elif func.name == "backward":
        return backward(m, site, site.arg(0, "loss"))
    elif func.name in HOOKS:
        m.hooked = True
    elif func.name == "add_param_group":
        _add_group(m, optimizer, site.arg(0, "param_group"))
    elif func.name not in _HARMLESS:
        m.happen(Act.UNKNOWN, site.node, optimizer)
    return UNKNOWN


def _add_group(m: Machine, optimizer: Optimizer, group: Value | None) -> None:
    from torchcheck.lint.interp.building import owners_given

    optimizer.owners |= owners_given(group)
    m.ownership.take(group)


def run_closure(m: Machine, closure: Value | None, at: ir.Expr) -> None:
    """Run the closure that a step was given; one that is not followed computes gradients, or may."""
    from torchcheck.lint.interp.calls import call_values

    if isinstance(closure, Function | Partial):
        call_values(m, closure, [])
    elif closure is not None and closure != Const(None):
        m.events.append(Handed())


def scaler_method(m: Machine, func: Method, site: CallSite) -> Value:
    text = m.text(func.node.value)
    if func.name == "scale":
        return scaled(site.arg(0, "outputs") or UNKNOWN)
    if func.name == "step":
        step_given(m, site, text)
    elif func.name == "unscale_":
        unscale_given(m, site, text)
    elif func.name == "update":
        m.happen(Act.UPDATE_SCALE, site.node, scaler=text)
    return UNKNOWN


def scaled(loss: Value) -> Value:
    """`scaler.scale(loss)`."""
    loss = plain(loss)
    if isinstance(loss, Tensor):
        return replace(loss, scaled=True)
    return loss if isinstance(loss, Sequence) else Tensor(deps=deps_of(loss), scaled=True)


def step_given(m: Machine, site: CallSite, scaler: str) -> None:
    """`scaler.step(optimizer)`."""
    expr = site.expr(0, "optimizer")
    optimizer = optimizer_of(m, site.arg(0, "optimizer"), expr)
    run_closure(m, site.arg(1, "closure"), site.node)
    text = m.text(expr) if expr is not None else ""
    act = Act.STEP if optimizer is not None else Act.UNKNOWN
    m.happen(act, site.node, optimizer, text=text, scaled=True, scaler=scaler)


def unscale_given(m: Machine, site: CallSite, scaler: str) -> None:
    """`scaler.unscale_(optimizer)`."""
    optimizer = optimizer_of(m, site.arg(0, "optimizer"), site.expr(0, "optimizer"))
    m.happen(Act.UNSCALE, site.node, optimizer, scaler=scaler)


def clip(m: Machine, site: CallSite, *, certain: bool = True) -> Value:
    """`clip_grad_norm_(parameters, max_norm)`. An infinite norm only measures."""
    from torchcheck.lint.interp.building import owners_given

    spend(m, site.arg(0, "parameters"), site.node, site.expr(0, "parameters"), used_by(site.node.func))
    m.ownership.take(site.arg(0, "parameters"))
    limit = site.expr(1, "max_norm") or site.expr(1, "clip_value")
    text = m.text(limit) if limit is not None else ""
    if not _ENDLESS.search(text):
        m.happen(Act.CLIP, site.node, deps=owners_given(site.arg(0, "parameters")), certain=certain)
    return Tensor(deps=NOTHING)


def gradient_method(m: Machine, func: Method, site: CallSite) -> Value:
    """`p.grad.zero_()`."""
    gradient = func.receiver
    assert isinstance(gradient, Gradient)
    if func.name in ("zero_", "fill_", "mul_", "copy_", "new_zeros", "detach_") and func.name != "detach_":
        wipes = func.name in ("zero_", "fill_")
        m.happen(Act.CLEAR, site.node, deps=gradient.deps, certain=wipes and 0 not in gradient.deps)
    return gradient if func.name in ("detach", "data", "clone", "to", "detach_") else UNKNOWN


def backward(m: Machine, site: CallSite, loss: Value | None) -> Value:
    """Gradients are added, to whatever the loss depends on."""
    watch_backward(m, site, loss)
    loss = plain(loss) if loss is not None else UNKNOWN
    learned_from(m, loss)
    if isinstance(loss, Tensor) and loss.by_hand is not None and loss.by_hand.stage == 2:
        from torchcheck.lint.interp.losses import report_by_hand

        report_by_hand(m, loss.by_hand)
    from torchcheck.lint.interp.sources import is_plain_loss

    func = site.node.func
    undivided = isinstance(func, ir.Attribute) and is_plain_loss(m, func.value)
    carries = True if isinstance(loss, Tensor) and loss.scaled else False if undivided else None
    m.happen(Act.BACKWARD, site.node, deps=deps_of(loss), scaled=carries, plain=undivided)
    return Const(None)


def optimizer_of(m: Machine, value: Value | None, expr: ir.Expr | None) -> Optimizer | None:
    """The optimizer that a value is, perhaps by its name only."""
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Optimizer):
            return m.known(option)
    text = spell(expr)
    if isinstance(value, Symbol):
        return m.named_optimizer(value, text or value.name)
    if isinstance(value, _NEVER):
        return None
    if text and OPTIMIZER_NAME.search(last_part(text)):
        return m.named_optimizer((m.frame.scope.key, id(m.frame.cells)), text)
    return None

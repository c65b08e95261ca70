"""Calls of models, as events: in which mode, and whether gradients were recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchcheck.lint import ir
from torchcheck.lint.interp.decorators import has_known_decorators
from torchcheck.lint.interp.drifts import drifting
from torchcheck.lint.interp.events import Forward
from torchcheck.lint.interp.modes import is_model, mode_of, noisy_parts
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.lint.interp.torch_values import MODE, SYNCED, Module, Tensor
from torchcheck.lint.interp.values import Const, Function, Instance, Mapping, Sequence, Symbol, Value
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_MODEL_NAME = pattern(r"(?i)model|net(work)?\d*$|encoder|classifier|backbone")

Caller = Callable[[Any, Any, Any], Value]


def watched(call: Caller) -> Caller:
    """A caller of models that notes each call from outside of any other model."""

    def watch(m: Machine, func: Value, site: CallSite) -> Value:
        if m.statement is None or not _is_forward(func, site):
            return call(m, func, site)
        outermost = _forward(m, func, site) if not m.forwarding else None
        if outermost is not None:
            m.events.append(outermost)
            m.lone = None
        m.forwarding += 1
        try:
            return call(m, func, site)
        finally:
            m.forwarding -= 1
            if outermost is not None:
                outermost.lone = m.lone

    return watch


def watched_methods(call: Caller) -> Caller:
    """A caller of functions that notes as a forward what a method of a model in a wrapper computes past the wrapper."""

    def watch(m: Machine, func: Function, site: CallSite) -> Value:
        result = call(m, func, site)
        model = _past_wrapper(func, site)
        if model is not None and m.statement is not None and not m.forwarding and _is_computed(result):
            m.events.append(_forward(m, model, site))
        return result

    return watch


def _past_wrapper(func: Function, site: CallSite) -> Instance | None:
    """The model of `model.module.compute_loss(batch)`, in a wrapper that synchronises."""
    model = func.bound
    if not isinstance(model, Instance) or not is_model(model) or not (site.args or site.keywords):
        return None
    inner = spell(site.node.func).rpartition(".")[0].endswith(".module")
    return model if inner and model.cells.get(SYNCED) == Const(True) else None


def _is_computed(value: Value) -> bool:
    """Whether gradients flow from a value, or from a part of it, into a model."""
    if isinstance(value, Sequence | Mapping):
        return any(map(_is_computed, value.items if isinstance(value, Sequence) else value.cells.values()))
    return isinstance(value, Tensor) and bool(value.deps - {0})


def _is_forward(func: Value, site: CallSite) -> bool:
    if isinstance(func, Symbol):
        return MODE in func.cells or _MODEL_NAME.search(last_part(spell(site.node.func))) is not None
    return isinstance(func, Module) or (isinstance(func, Instance) and is_model(func))


def _forward(m: Machine, model: Value, site: CallSite) -> Forward:
    assert m.statement is not None
    mode = mode_of(model)
    return Forward(
        model=model,
        name=_name(m, site),
        inputs=" ".join(m.text(expr) for expr in site.exprs if expr is not None and expr.node is not None),
        place=m.place(site.node),
        functions=_functions(m),
        mode=mode,
        noisy=noisy_parts(m, model),
        drifting=drifting(model),
        thawed=m.ownership.thawed,
        recorded=_recorded(m),
        used=not (isinstance(m.statement, ir.ExprStmt) and m.statement.value is site.node),
        bypass=_passes_by(model, site),
    )


def _name(m: Machine, site: CallSite) -> str:
    return spell(site.node.func) or "the model"


def _passes_by(model: Value, site: CallSite) -> bool:
    """Whether `model.module(x)`, or a method of `model.module`, is called of a wrapper that synchronises."""
    spelled = spell(site.node.func)
    synced = isinstance(model, Module | Instance | Symbol) and model.cells.get(SYNCED) == Const(True)
    return synced and (spelled.endswith(".module") or ".module." in spelled)


def _functions(m: Machine) -> tuple[str, ...]:
    names: list[str] = []
    for frame in m.frames:
        if frame.home is not None:
            names.append(frame.home.name)
        if frame.function is not None and isinstance(frame.function.definition, ir.FunctionDef):
            names.append(frame.function.definition.name)
    return tuple(names)


def _recorded(m: Machine) -> bool | None:
    """Whether autograd records; a decorator that is not known may have switched it off."""
    if m.grad_off > 0:
        return False
    if m.grad_unclear > 0:
        return None
    for frame in m.frames:
        definition = frame.function.definition if frame.function is not None else None
        if isinstance(definition, ir.FunctionDef) and not has_known_decorators(definition):
            return None
    return True

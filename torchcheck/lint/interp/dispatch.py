"""What calling a value does, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchcheck.lint.interp import (
    containers,
    losses,
    module_methods,
    modules,
    optimizers,
    schedulers,
    tensors,
    unknowns,
)
from torchcheck.lint.interp.calls import CALLERS, CallSite, call_value, inline
from torchcheck.lint.interp.classes import build_base, find_method, instantiate
from torchcheck.lint.interp.externals import call_external
from torchcheck.lint.interp.forwards import watched, watched_methods
from torchcheck.lint.interp.modes import set_unseen_mode
from torchcheck.lint.interp.torch_values import (
    Criterion,
    Dataset,
    Gradient,
    Loader,
    Module,
    Optimizer,
    Scaler,
    Scheduler,
    Tensor,
)
from torchcheck.lint.interp.values import (
    UNKNOWN,
    Choice,
    Class,
    Const,
    External,
    ExternalObject,
    Function,
    Instance,
    Mapping,
    Method,
    Partial,
    Sequence,
    Super,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine


def _partial(m: Machine, func: Partial, site: CallSite) -> Value:
    merged = CallSite(
        site.node,
        [*func.args, *site.args],
        {**func.keywords, **site.keywords},
        site.open,
        [*(None for _ in func.args), *site.exprs],
        site.keyword_exprs,
    )
    return call_value(m, func.func, merged)


def _instance(m: Machine, func: Instance, site: CallSite) -> Value:
    for name in ("__call__", "forward"):
        method = find_method(func.cls, name)
        if method is not None:
            return modules.run_forward(m, func, method.bind(func), site)
    base = func.cells.get("<base>")
    if base is not None:
        return call_value(m, base, site)
    return unknowns.unknown_call(m, func, site)


def _method(m: Machine, func: Method, site: CallSite) -> Value:
    call = _METHODS.get(type(func.receiver))
    return call(m, func, site) if call is not None else UNKNOWN


def _super_method(m: Machine, func: Method, site: CallSite) -> Value:
    receiver = func.receiver
    assert isinstance(receiver, Super)
    if not isinstance(receiver.instance, Instance):
        return UNKNOWN
    if func.name == "__init__":
        build_base(m, receiver.instance, site)
        return Const(None)
    if func.name in ("forward", "__call__"):
        base = receiver.instance.cells.get("<base>")
        return call_value(m, base, site) if base is not None else UNKNOWN
    return module_methods.module_method(m, Method(receiver.instance, func.name, func.node), site)


def _unknown_method(m: Machine, func: Method, site: CallSite) -> Value:
    return unknowns.unknown_method(m, func.receiver, func.node, site)


def _mode_of_one(m: Machine, func: Method, site: CallSite) -> Value:
    """`train` or `eval` of one of several models: whichever it is, the program means the one that it goes on with."""
    set_unseen_mode(m, func.receiver, func.name, site)
    return func.receiver


def _nothing(m: Machine, func: Method, site: CallSite) -> Value:
    m.use(*site.values())
    return UNKNOWN


_CALLERS: dict[type, Callable[[Any, Any, CallSite], Value]] = {
    Function: watched_methods(inline),
    Class: instantiate,
    External: call_external,
    Module: watched(modules.call_module),
    Criterion: losses.call_criterion,
    Instance: watched(_instance),
    Symbol: watched(unknowns.unknown_call),
    Partial: _partial,
    Method: _method,
    Unknown: unknowns.unknown_call,
}

_METHODS: dict[type, Callable[[Any, Method, CallSite], Value]] = {
    Tensor: tensors.call_method,
    Gradient: optimizers.gradient_method,
    Module: module_methods.module_method,
    Choice: _mode_of_one,
    Instance: module_methods.module_method,
    Criterion: module_methods.same,
    Optimizer: optimizers.optimizer_method,
    Scheduler: schedulers.scheduler_method,
    schedulers.BuiltScheduler: schedulers.scheduler_method,
    Scaler: optimizers.scaler_method,
    Sequence: containers.sequence_method,
    Mapping: containers.mapping_method,
    ExternalObject: containers.object_method,
    Loader: _nothing,
    Dataset: _nothing,
    Super: _super_method,
    Const: _nothing,
    Unknown: _unknown_method,
    Symbol: _unknown_method,
}


def register() -> None:
    """Tell `calls` how each kind of value is called."""
    CALLERS.update(_CALLERS)

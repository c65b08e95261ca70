"""What is wrapped in torch while a watch is on: once for all sessions, and restored exactly.

Every wrapper first asks whether torch is compiling, so that Dynamo sees the original alone, and passes straight through
when no session watches.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from threading import get_ident
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.compiler import is_compiling

from torchcheck.facts.loss import Loss
from torchcheck.probe.abstract import is_abstract, is_transformed
from torchcheck.probe.frames import construction_place, user_place
from torchcheck.probe.hub import Function, Hub, Maker
from torchcheck.probe.phases.wrappers import phase_targets

if TYPE_CHECKING:
    from torchcheck.finding import Span


def _targets() -> list[tuple[Any, str, Maker]]:
    scheduler = torch.optim.lr_scheduler
    schedulers = [
        kind
        for kind in vars(scheduler).values()
        if isinstance(kind, type) and issubclass(kind, scheduler.LRScheduler) and "step" in vars(kind)
    ]
    losses = [loss.value for loss in Loss if hasattr(torch.nn.functional, loss.value)]
    clips = ("clip_grad_norm_", "clip_grad_value_")
    clip_grad = torch.nn.utils.clip_grad
    return [
        (torch, "compile", _compile),
        (torch.autograd, "backward", _backward),
        (torch.autograd, "grad", _grad),
        (torch.optim.Optimizer, "__init__", _build),
        (torch.optim.Optimizer, "zero_grad", _clear),
        (torch.nn.Module, "zero_grad", _clear),
        (torch.nn.Module, "load_state_dict", _load),
        (torch.amp.GradScaler, "step", _scaled_step),
        (torch.amp.GradScaler, "unscale_", _unscale),
        (torch.amp.GradScaler, "scale", _scale),
        (torch.amp.GradScaler, "update", _update),
        *((owner, name, _clip) for owner in (torch.nn.utils, clip_grad) for name in clips),
        *((clip_grad, name, _clip_inside) for name in _INSIDE_CLIP if hasattr(clip_grad, name)),
        *((kind, "step", _schedule) for kind in dict.fromkeys(schedulers)),
        *((kind, "__init__", _build_scheduler) for kind in _own_init(scheduler)),
        *((torch.nn.functional, name, functools.partial(_loss, name=name)) for name in losses),
        *phase_targets(),
    ]


def _backward(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            within = hub.backward.threads
            if is_compiling() or (within and hub.backward) or not hub.sessions or is_abstract():
                return original(tensors, *args, **kwargs)
            sessions = hub.here(trains=True)
            tensors = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
            losses = tensors if len(tensors) == 1 and isinstance(tensors[0], Tensor) else _tensors(tensors)
            if not losses or not sessions:
                return original(tensors, *args, **kwargs)
            keeps = bool(args[1] if len(args) > 1 else kwargs.get("retain_graph"))
            for session in sessions:
                session.retains = keeps and not (args[2] if len(args) > 2 else kwargs.get("create_graph"))
                session.losses = losses
            if "before_backward" in hub.heard:
                hub.tell("before_backward", losses[0])
            if hub.stopping:
                hub.settle()
            within.add(ident := get_ident())
            try:
                result = original(tensors, *args, **kwargs)
            finally:
                within.discard(ident)
                for session in sessions:
                    session.losses = ()
            if "after_backward" in hub.heard:
                hub.tell("after_backward", losses[0])
            if hub.stopping:
                hub.settle()
            return result

        return backward

    return wrap


def _grad(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if is_compiling() or hub.backward or hub.grad or "before_grad" not in hub.heard or is_abstract():
                return original(outputs, inputs, *args, **kwargs)
            outputs, inputs = (tuple(v) if isinstance(v, Iterator) else v for v in (outputs, inputs))
            hub.tell("before_grad", _tensors(outputs), _tensors(inputs))
            hub.settle()
            with hub.grad:
                return original(outputs, inputs, *args, **kwargs)

        return grad

    return wrap


def _tensors(values: Any) -> tuple[Tensor, ...]:
    """The tensors among what `torch.autograd.grad` was given: one, several, or none."""
    if isinstance(values, Tensor):
        return (values,)
    if type(values) is tuple and len(values) == 1 and isinstance(values[0], Tensor):
        return values
    return tuple(value for value in values if isinstance(value, Tensor)) if isinstance(values, Iterable) else ()


def _compile(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def compile(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if hub.sessions and not is_compiling():
                hub.forwards.avoid_compiler()
            return original(*args, **kwargs)

        return compile

    return wrap


def _build(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            __tracebackhide__ = True
            given = args[0] if args else kwargs.get("params")
            if isinstance(given, GeneratorType) and "taken" in hub.heard:
                hub.tell("taken", given, type(self).__name__, construction_place(self))
            original(self, *args, **kwargs)
            if not is_compiling() and hub.sessions:
                place = construction_place(self)
                for session in hub.here():
                    session.built(self, place)

        return __init__

    return wrap


def _after(event: str, subject: Callable[..., Any] = lambda first, *args, **kwargs: first) -> Maker:
    """Wraps a function whose call, once it is done, is an event about `subject` of its arguments."""

    def make(hub: Hub) -> Callable[[Function], Function]:
        def wrap(original: Function) -> Function:
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                __tracebackhide__ = True
                result = original(*args, **kwargs)
                if event in hub.heard and not is_compiling():
                    hub.tell(event, subject(*args, **kwargs), user_place())
                return result

            return wrapper

        return wrap

    return make


def _clipped(parameters: Any, *args: Any, **kwargs: Any) -> tuple[Any, float | None]:
    seen = parameters if isinstance(parameters, (Tensor, list, tuple)) else None  # a generator is empty by now
    limit = args[0] if args else kwargs.get("max_norm", kwargs.get("clip_value"))
    return seen, float(limit) if isinstance(limit, (int, float)) else None


def _unscaled(scaler: Any, optimizer: Any) -> Any:
    return optimizer


_clear = _after("cleared")
_unscale = _after("unscaled", _unscaled)
_load = _after("loaded")
_update = _after("scale_updated")


def _clip(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def clip(parameters: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if isinstance(parameters, GeneratorType) and parameters.gi_frame is None and "taken" in hub.heard:
                hub.tell("taken", parameters, original.__name__, user_place())
            if is_compiling() or "clipped" not in hub.heard:
                return original(parameters, *args, **kwargs)
            with hub.clip:
                result = original(parameters, *args, **kwargs)
            hub.tell("clipped", _clipped(parameters, *args, **kwargs), user_place())
            return result

        return clip

    return wrap


_INSIDE_CLIP = ("_clip_grads_with_norm_",)
"""What `clip_grad_norm_` calls, where torch has it: who imported the former before the watch began calls the latter."""


def _clip_inside(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def clip(parameters: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            result = original(parameters, *args, **kwargs)
            if not is_compiling() and not hub.clip and "clipped" in hub.heard:
                hub.tell("clipped", _clipped(parameters, *args, **kwargs), user_place())
            return result

        return clip

    return wrap


def _scale(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def scale(self: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            result = original(self, *args, **kwargs)
            if not is_compiling() and "scaled" in hub.heard and self.is_enabled():
                hub.tell("scaled", _tensors(result))
            return result

        return scale

    return wrap


def _is_known(scaler: Any) -> bool | None:
    """Whether a scaler does its work, None where a class of somebody else's does it in another way."""
    own = all(getattr(type(scaler), name) is vars(torch.amp.GradScaler)[name] for name in ("scale", "update"))
    return bool(scaler.is_enabled()) if own else None


def _scaled_step(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def step(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            before = hub.stepping.count
            hub.stepping.scaling, hub.stepping.scaled = True, _is_known(self)
            try:
                result = original(self, optimizer, *args, **kwargs)
            except AssertionError:  # it found no gradients
                if hub.sessions and not is_compiling():
                    hub.tell("failed_step", optimizer, user_place())
                raise
            finally:
                hub.stepping.scaling, hub.stepping.scaled = False, False
            if not is_compiling() and hub.sessions and hub.stepping.count == before:
                hub.tell("skipped_step", optimizer, user_place())
            return result

        return step

    return wrap


def _schedule(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def step(self: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            within = hub.schedule.threads
            if is_compiling() or (within and hub.schedule) or not hub.sessions:
                return original(self, *args, **kwargs)
            within.add(ident := get_ident())
            try:  # a scheduler of schedulers steps its parts
                result = original(self, *args, **kwargs)
            finally:
                within.discard(ident)
            place = _scheduler_place() if "scheduled" in hub.heard else None
            if place is not None:
                hub.tell("scheduled", self, place)
            return result

        return step

    return wrap


def _own_init(scheduler: Any) -> list[type]:
    """The scheduler classes whose constructor is the innermost: it calls no parent's."""
    names = ("LRScheduler", "ReduceLROnPlateau", "SequentialLR", "ChainedScheduler")
    return [vars(scheduler)[name] for name in names if "__init__" in vars(vars(scheduler)[name])]


def _build_scheduler(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
            __tracebackhide__ = True
            original(self, *args, **kwargs)
            if not is_compiling() and "scheduler_built" in hub.heard:
                hub.tell("scheduler_built", self, construction_place(self))

        return __init__

    return wrap


def _scheduler_place() -> Span | None:
    """Where the scheduler was stepped; None for the step that every scheduler takes when it is built."""
    import sys

    caller = sys._getframe(2)
    return None if caller.f_code.co_name in ("_initial_step", "__init__") else user_place()


def _loss(hub: Hub, name: str) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def loss(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if is_compiling() or not hub.sessions:
                return original(*args, **kwargs)
            output = original(*args, **kwargs)
            event = "loss_called" if torch.is_grad_enabled() else "loss_scored"
            if event in hub.heard and not is_abstract():
                hub.tell(event, name, args, kwargs, output)
            elif "loss_transformed" in hub.heard and is_transformed():
                hub.tell("loss_transformed")
            return output

        return loss

    return wrap


HUB = Hub(_targets)
"""The process's only hub."""

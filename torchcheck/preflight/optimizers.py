"""Optimizers for the exam: copies of the user's, which may be stepped and scaled at will, and one of our own."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


def rates(optimizer: Optimizer) -> list[float]:
    """The learning rate that each group is meant to reach: where a schedule warms up, its peak, not its start."""
    found = [group.get("max_lr", group.get("initial_lr", group.get("lr"))) for group in optimizer.param_groups]
    return [float(rate) if isinstance(rate, (int, float, Tensor)) else 0.0 for rate in found]


def copy_of(optimizer: Optimizer, factor: float = 1.0) -> Optimizer:
    """An optimizer over the same parameters, with the same hyperparameters and a state of its own.

    Args:
        optimizer: its learning rates count as `rates` says.
        factor: what they are multiplied by.
    """
    made: Optimizer = object.__new__(type(optimizer))
    made.__dict__.update(vars(optimizer))
    made.__dict__.pop("step", None)  # a scheduler wraps it, bound to the original
    for hooks in ("_optimizer_step_pre_hooks", "_optimizer_step_post_hooks"):
        if hooks in made.__dict__:
            made.__dict__[hooks] = type(made.__dict__[hooks])()
    made.param_groups = [dict(group) for group in optimizer.param_groups]
    made.state = defaultdict(dict, {key: _copied(value) for key, value in optimizer.state.items()})
    for group, rate in zip(made.param_groups, rates(optimizer), strict=True):
        if group.get("lr") is not None:
            group["lr"] = _like(group["lr"], rate * factor)
    return made


def set_rate(optimizer: Optimizer, rates: list[float]) -> None:
    """Give each group its learning rate."""
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        if group.get("lr") is not None:
            group["lr"] = _like(group["lr"], rate)


def own(parameters: list[Tensor], rate: float) -> Optimizer:
    """The optimizer for a task without one, or whose own fails."""
    return torch.optim.Adam(parameters, lr=rate)


def step(optimizer: Optimizer, closure: Callable[[], Tensor]) -> Tensor:
    """One step; returns the loss before it. Optimizers that must evaluate the loss themselves do."""
    if _needs_closure(optimizer):
        losses: list[Tensor] = []

        def evaluated() -> Tensor:
            losses.append(closure())
            return losses[-1]

        optimizer.step(evaluated)  # type: ignore[arg-type]
        return losses[0]
    loss = closure()
    optimizer.step()
    return loss


def _needs_closure(optimizer: Optimizer) -> bool:
    if isinstance(optimizer, torch.optim.LBFGS):
        return True
    try:
        closure = inspect.signature(type(optimizer).step).parameters.get("closure")
    except (TypeError, ValueError):
        return False
    return closure is not None and closure.default is inspect.Parameter.empty


def _like(old: Any, rate: float) -> Any:
    return torch.full_like(old, rate) if isinstance(old, Tensor) else rate


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_copied(part) for part in value]
    return value

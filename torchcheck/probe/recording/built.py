"""What optimizers, schedulers and models are, as plain data: their class, their numbers, their sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

_MOST_GROUPS = 16
_MOST_ITEMS = 32
_COUNTERS = ("last_epoch", "base_lrs", "verbose", "num_bad_epochs", "cooldown_counter", "best", "total_steps_done")


def optimizer_data(optimizer: torch.optim.Optimizer, name: str) -> dict[str, Any]:
    """An optimizer with its groups."""
    groups = optimizer.param_groups
    return {
        "name": name,
        "class": class_name(optimizer),
        "groups": [_group(group) for group in groups[:_MOST_GROUPS]],
        "group_count": len(groups),
    }


def scheduler_data(scheduler: Any, optimizer: str | None) -> dict[str, Any]:
    """A scheduler with what it was built with."""
    settings = {
        name: plain
        for name, value in vars(scheduler).items()
        if not name.startswith("_") and name not in _COUNTERS and (plain := _plain(value)) is not None
    }
    return {"class": class_name(scheduler), "optimizer": optimizer, "settings": settings}


def model_data(model: nn.Module, name: str) -> dict[str, Any] | None:
    """A model with its size; None for one that has nothing to learn, and where sizes are not known yet."""
    parameters = list(model.parameters())
    if not parameters or any(isinstance(p, nn.parameter.UninitializedParameter) for p in parameters):
        return None
    return {
        "name": name,
        "class": class_name(model),
        "parameters": sum(p.numel() for p in parameters),
        "trainable": sum(p.numel() for p in parameters if p.requires_grad),
        "dtypes": sorted({str(p.dtype).removeprefix("torch.") for p in parameters}),
        "devices": sorted({str(p.device) for p in parameters}),
    }


def rates(optimizer: torch.optim.Optimizer) -> float | list[float] | None:
    """The learning rates of its groups; one where all are the same. Nothing is read back from a device."""
    found = [_number(group.get("lr")) for group in optimizer.param_groups[:_MOST_GROUPS]]
    known = [rate for rate in found if rate is not None]
    if not known or len(known) < len(found):
        return None
    return known[0] if len(set(known)) == 1 else known


def class_name(thing: Any) -> str:
    """`torch.optim.SGD`, where the class says `torch.optim.sgd.SGD`."""
    kind = type(thing)
    module = kind.__module__
    if module.startswith(("torch.optim.", "torch.nn.modules.")):
        public = torch.optim if module.startswith("torch.optim.") else nn
        if vars(public).get(kind.__name__) is kind:
            return f"{public.__name__}.{kind.__name__}"
        if vars(torch.optim.lr_scheduler).get(kind.__name__) is kind:
            return f"torch.optim.lr_scheduler.{kind.__name__}"
    return kind.__qualname__ if module == "__main__" else f"{module}.{kind.__qualname__}"


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [p for p in group["params"] if isinstance(p, Tensor)]
    sizes = [p.numel() for p in parameters if not isinstance(p, nn.parameter.UninitializedParameter)]
    settings = {name: _plain(value) for name, value in group.items() if name not in ("params", "initial_lr")}
    return {
        **{name: value for name, value in settings.items() if value is not None},
        "tensors": len(parameters),
        "elements": sum(sizes),
    }


def _plain(value: Any) -> Any:
    """A number, flag, text, or a short sequence of them; None for anything else."""
    if isinstance(value, Tensor):
        return _number(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, tuple | list) and len(value) <= _MOST_ITEMS:
        items = [_plain(item) for item in value]
        return None if any(item is None for item in items) else items
    return None


def _number(value: Any) -> float | None:
    if isinstance(value, Tensor):
        on_cpu = type(value) is Tensor and value.device.type == "cpu" and value.numel() == 1
        return float(value.detach()) if on_cpu else None
    return float(value) if isinstance(value, int | float) else None

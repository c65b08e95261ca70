"""What is measured of weights around a step, and read back from their devices at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(eq=False)
class Weight:
    """A weight around one step: a view of its rows, what they held before, and what is known of it."""

    parameter: Tensor
    learning_rate: float
    rows: Tensor
    gradient: Tensor
    before: Tensor


def measure(
    weights: Sequence[Weight], extra: Mapping[Weight, Mapping[str, Tensor]], loss: Tensor | None
) -> tuple[list[float], dict[Weight, dict[str, float]], float | None]:
    """The norms of weights, gradients and updates, in this order, what else was measured of their layers, and the
    loss: one read-back for each device."""
    with torch.no_grad():
        tensors = [w.before for w in weights] + [w.gradient for w in weights]
        tensors += [w.rows - w.before for w in weights]
        places: dict[Any, tuple[torch.device, int]] = {}
        waiting: dict[torch.device, list[Tensor]] = {}
        for device in dict.fromkeys(t.device for t in tensors):
            here = [i for i, t in enumerate(tensors) if t.device == device]
            waiting[device] = _norms([tensors[i] for i in here])
            places |= {i: (device, number) for number, i in enumerate(here)}
        named = [((weight, name), value) for weight, values in extra.items() for name, value in values.items()]
        for key, value in [*named, *([("loss", loss)] if loss is not None else [])]:
            queue = waiting.setdefault(value.device, [])
            places[key] = (value.device, len(queue))
            queue.append(value.reshape(()).float())
        read = {device: torch.stack(values).tolist() for device, values in waiting.items()}
    numbers = {key: read[device][number] for key, (device, number) in places.items()}
    others: dict[Weight, dict[str, float]] = {}
    for (weight, name), _ in named:
        others.setdefault(weight, {})[name] = numbers[weight, name]
    return [numbers[i] for i in range(len(tensors))], others, numbers.get("loss")


def _norms(tensors: list[Tensor]) -> list[Tensor]:
    """Euclidean norms in float32: a norm of float16 values would overflow."""
    wide = [t if t.dtype in (torch.float32, torch.float64) else t.float() for t in tensors]
    return [norm.float() for norm in torch._foreach_norm(wide)]

"""What is measured of weights around a step, and read back from their devices at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from torchcheck.probe.tensors import read_back


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
        norms: dict[int, Tensor] = {}
        for device in dict.fromkeys(t.device for t in tensors):
            here = [i for i, t in enumerate(tensors) if t.device == device]
            norms |= zip(here, _norms([tensors[i] for i in here]), strict=True)
        named = [((weight, name), value) for weight, values in extra.items() for name, value in values.items()]
        rest = [value for _, value in named] + ([loss] if loss is not None else [])
        numbers = read_back([*(norms[i] for i in range(len(tensors))), *(value.reshape(()).float() for value in rest)])
    others: dict[Weight, dict[str, float]] = {}
    for ((weight, name), _), number in zip(named, numbers[len(tensors) :], strict=False):
        others.setdefault(weight, {})[name] = number
    return numbers[: len(tensors)], others, numbers[-1] if loss is not None else None


def _norms(tensors: list[Tensor]) -> list[Tensor]:
    """Euclidean norms in float32: a norm of float16 values would overflow."""
    wide = [t if t.dtype in (torch.float32, torch.float64) else t.float() for t in tensors]
    return [norm.float() for norm in torch._foreach_norm(wide)]

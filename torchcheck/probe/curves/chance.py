"""The loss of a model that looks at no input, from the targets that a loss is given."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchcheck.facts.loss import Loss
from torchcheck.probe.loss_value import Number, noted

_MOST_VALUES = 1 << 20


class Chance:
    """What the sampled calls of one loss say of guessing."""

    def __init__(self) -> None:
        self._losses: set[Loss] = set()
        self._sizes: set[int] = set()
        self._moments: list[tuple[Number, Number]] = []

    def saw(self, loss: Loss, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """One call in training."""
        given = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(given, Tensor) or not isinstance(target, Tensor) or target.requires_grad:
            return
        self._losses.add(loss)
        if loss in (Loss.CROSS_ENTROPY, Loss.NLL):
            if not target.is_floating_point() and given.dim() > 1:
                self._sizes.add(given.shape[1])
        elif _is_measurable(target) and given.shape == target.shape and kwargs.get("pos_weight") is None:
            with torch.no_grad():
                values = target.detach().reshape(-1)[:_MOST_VALUES].double()
                self._moments.append((noted(values.mean()), noted(values.square().mean())))

    def loss(self) -> float | None:
        """The loss of the best constant; None where it is not known, or there are several losses."""
        if len(self._losses) != 1:
            return None
        (loss,) = self._losses
        if loss in (Loss.CROSS_ENTROPY, Loss.NLL):
            return math.log(min(self._sizes)) if self._sizes and min(self._sizes) > 1 else None
        if not self._moments:
            return None
        mean, square = (sum(float(moment[i]) for moment in self._moments) / len(self._moments) for i in (0, 1))
        if loss is Loss.MSE:
            return max(square - mean**2, 0.0) or None
        if loss in (Loss.BCE, Loss.BCE_WITH_LOGITS) and 0 < mean < 1:
            return -(mean * math.log(mean) + (1 - mean) * math.log(1 - mean))
        return None


def _is_measurable(target: Tensor) -> bool:
    return type(target) is Tensor and target.is_floating_point() and target.numel() > 0 and target.device.type != "meta"

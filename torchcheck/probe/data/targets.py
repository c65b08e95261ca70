"""What the losses are given as targets, on sampled steps."""

from __future__ import annotations

from collections import deque
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchcheck.facts.loss import Loss
from torchcheck.facts.target import TargetBatch, TargetsSeen
from torchcheck.finding import Span
from torchcheck.probe.layers import dtype_name
from torchcheck.probe.loss_calls import read_call
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session

_BATCHES = 16
_MOST_PLACES = 64
_CLASSES = (Loss.CROSS_ENTROPY, Loss.NLL)
_JUDGED = (*_CLASSES, Loss.BCE, Loss.BCE_WITH_LOGITS, Loss.MULTILABEL_SOFT_MARGIN)


class Targets(Observer):
    """Records `TargetsSeen` facts: one a sampled call of a loss for classes, until a place is known."""

    facts: ClassVar[tuple[str, ...]] = ("targets",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._seen: dict[tuple[Span, Loss], deque[TargetBatch]] = {}
        self._calls: dict[tuple[Span, Loss], tuple[str, str | None]] = {}

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        if not self.session.sampled:
            return
        loss = Loss(name)
        if loss not in _JUDGED:
            return
        given = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(given, Tensor) or not isinstance(target, Tensor) or _is_opaque(target) or _is_opaque(given):
            return
        if target.requires_grad and not given.requires_grad:
            return  # they were swapped, which is another rule's
        key = (self.session.user_place(), loss)
        batches = self._seen.setdefault(key, deque(maxlen=_BATCHES))
        if len(batches) >= _BATCHES or len(self._seen) > _MOST_PLACES:
            return
        batch = _measure(loss, given, target, kwargs.get("ignore_index", -100))
        if batch is None:
            return
        batches.append(batch)
        if key not in self._calls:
            call = read_call(loss, args, kwargs, "")
            self._calls[key] = (call.spelling, call.target_name())
        spelling, called = self._calls[key]
        fact = TargetsSeen(
            loss=loss,
            spelling=spelling,
            name=called,
            dtype=dtype_name(target.dtype),
            shape=tuple(target.shape),
            classes=_classes(given) if loss in _CLASSES else None,
            batches=tuple(batches),
            place=key[0],
            step=self.session.step,
        )
        self.session.report(self.session.judge.targets(fact))


def _is_opaque(tensor: Tensor) -> bool:
    return tensor.device.type == "meta" or tensor.is_complex() or tensor.is_sparse or tensor.numel() == 0


def _classes(given: Tensor) -> int:
    return given.shape[1] if given.dim() > 1 else given.shape[0]


def _measure(loss: Loss, given: Tensor, target: Tensor, ignored: Any) -> TargetBatch | None:
    with torch.no_grad():
        values = target.detach()
        if not values.is_floating_point():
            values = values[values != ignored] if loss in _CLASSES and isinstance(ignored, int) else values
            if not values.numel():
                return None
            low, high = torch.aminmax(values.long())
            low, high = torch.stack([low, high]).tolist()
            return TargetBatch(values.numel(), low, high, whole=True)
        values = values.float()
        low, high = torch.aminmax(values)
        numbers = [low, high, (values == values.round()).all().float()]
        if loss in _CLASSES and values.shape == given.shape:
            sums = values.sum(1 if values.dim() > 1 else 0).reshape(-1)
            distance = (sums - 1).abs()
            numbers += [(distance > 0.05).float().mean(), sums[distance.argmax()]]
        low, high, whole, *rest = torch.stack(numbers).tolist()
    return TargetBatch(values.numel(), low, high, bool(whole), rest[0] if rest else None, rest[1] if rest else 1.0)

"""Losses of torch's own that are all of a training loss: what they are for no knowledge, and at best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchcheck.preflight.calls import LOSSES, Calls

_LARGE = 20_000_000
_CLASSES = ("cross_entropy", "nll_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


class Understood:
    """One call of a loss, whose result is the loss that is trained.

    Attributes:
        name: of the function in `torch.nn.functional`.
        input, target: what it was given.
        value: its result.
    """

    def __init__(self, name: str, given: Mapping[str, Any], *, averaged: bool, value: float) -> None:
        self.name = name
        self.input: Tensor = given["input"].detach()
        self.target: Tensor = given["target"].detach()
        self.value = value
        self._given = {key: part for key, part in given.items() if key not in ("input", "target")}
        self._averaged = averaged

    @property
    def is_classification(self) -> bool:
        return self.name in _CLASSES + _BINARY

    @property
    def classes(self) -> int | None:
        """How many classes a cross entropy tells apart; 2 for a binary one."""
        if self.name in _BINARY:
            return 2
        if self.name in _CLASSES:
            return self.input.shape[1 if self.input.dim() > 1 else 0]
        return None

    @property
    def targets(self) -> int:
        """How many values are to be learned."""
        if self.name in _CLASSES and not self.target.is_floating_point():
            return int((self.target != self._given.get("ignore_index", -100)).sum())
        return self.target.numel()

    def of(self, answer: Tensor) -> float:
        """The loss of another answer to the same targets."""
        with torch.no_grad():
            return float(self._call(answer))

    def unknowing(self) -> float:
        """The loss of an answer that holds every class for equally likely, or is zero everywhere."""
        if self.name == "nll_loss":
            return self.of(torch.full_like(self.input, -math.log(self.classes or 1)))
        return self.of(torch.full_like(self.input, 0.5 if self.name == "binary_cross_entropy" else 0.0))

    def constant(self) -> float | None:
        """The loss of the best answer that does not look at the input; None where that is too much work."""
        if self.input.numel() > _LARGE or self.input.dim() < 1:
            return None
        shape = [1] * self.input.dim()
        axis = min(1, self.input.dim() - 1) if self.name in _CLASSES or self.input.dim() > 1 else None
        if axis is not None:
            shape[axis] = self.input.shape[axis]
        start = self._start(shape)
        return self._minimised(start.requires_grad_())

    def floor(self) -> float:
        """The least that the loss can be for these targets."""
        best = self._best()
        return 0.0 if best is None else self.of(best)

    def _start(self, shape: list[int]) -> Tensor:
        start = torch.zeros(shape, dtype=torch.float32, device=self.input.device)
        if not self.is_classification and self.target.is_floating_point() and self.target.numel():
            start = start + self.target.float().mean()
        return start

    def _minimised(self, constant: Tensor) -> float | None:
        optimizer = torch.optim.LBFGS([constant], lr=1.0, max_iter=40, line_search_fn="strong_wolfe")

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = self._call(self._shaped(constant).expand(self.input.shape))
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        with torch.enable_grad():
            optimizer.step(closure)  # type: ignore[no-untyped-call]
        least = self.of(self._shaped(constant.detach()).expand(self.input.shape))
        return least if math.isfinite(least) else None

    def _shaped(self, constant: Tensor) -> Tensor:
        """Free numbers as what the loss takes."""
        if self.name == "nll_loss":
            return constant.log_softmax(min(1, constant.dim() - 1))
        return constant.sigmoid() if self.name == "binary_cross_entropy" else constant

    def _best(self) -> Tensor | None:
        if self.name == "cross_entropy":
            return self._best_classes()
        if self.name == "nll_loss":
            return None
        if self.target.shape != self.input.shape:
            return None
        target = self.target.to(torch.float32)
        if self.name == "binary_cross_entropy":
            return target
        if self.name == "binary_cross_entropy_with_logits":
            positive = self._given.get("pos_weight")
            weighted = target if positive is None else target * positive
            return weighted.clamp_min(1e-6).log() - (1 - target).clamp_min(1e-6).log()
        return target

    def _best_classes(self) -> Tensor | None:
        """The logits that give each class the share that the targets give it; None where that is 1 or 0."""
        axis, count = (1 if self.input.dim() > 1 else 0), self.classes or 1
        smoothing = float(self._given.get("label_smoothing") or 0)
        if self.target.is_floating_point():
            share = self.target.float()
        elif smoothing:
            ignored = self.target == self._given.get("ignore_index", -100)
            share = functional.one_hot(self.target.masked_fill(ignored, 0), count).movedim(-1, axis).float()
        else:
            return None
        share = share * (1 - smoothing) + smoothing / count
        weight = self._given.get("weight")
        if weight is not None:
            shape = [1] * share.dim()
            shape[axis] = count
            share = share * weight.reshape(shape)
        return share.clamp_min(1e-9).log()

    def _call(self, answer: Tensor) -> Tensor:
        with torch.autocast(answer.device.type, enabled=False):
            target = self.target.float() if self.target.is_floating_point() else self.target
            given = {key: _full(part) for key, part in self._given.items()}
            result: Tensor = getattr(functional, self.name)(answer.float(), target, **given)
        return result.mean() if self._averaged else result


def _full(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) and value.is_floating_point() else value


class LossCalls:
    """Finds out whether a training loss is one call of a loss of torch's own, and which."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, dict[str, Any], Tensor]] = []

    def watching(self) -> Calls:
        """To be entered around the computation of the loss."""
        self._calls.clear()
        return Calls(LOSSES, self._saw)

    def understood(self, loss: Tensor) -> Understood | None:
        """The call that the loss is; None where it is a sum of several, or something of the user's own."""
        if len(self._calls) != 1:
            return None
        name, given, result = self._calls[0]
        if not isinstance(given.get("target"), Tensor) or not isinstance(given.get("input"), Tensor):
            return None
        averaged = result.numel() > 1 or result.dim() > 0
        value = result.detach().mean() if averaged else result.detach()
        same = torch.equal(value.to(loss.dtype), loss.detach())
        if not same or given["target"].requires_grad:
            return None
        return Understood(name, given, averaged=averaged, value=float(loss.detach()))

    def _saw(self, name: str, given: dict[str, Any], result: Any) -> None:
        if isinstance(result, Tensor) and given:
            self._calls.append((name, given, result))

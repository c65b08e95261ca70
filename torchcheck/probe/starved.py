"""Optimizers that step in a training that computes no gradients at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.tensors import tensors_in

_ENOUGH = 3  # steps, and forward passes that autograd has recorded


@dataclass
class _Starved:
    optimizer: ref[torch.optim.Optimizer]
    place: Span
    steps: int = 0
    name: str = ""


class StarvedOptimizers(Observer):
    """Tells a loop that has forgotten its backward from one that only draws a schedule: its model runs."""

    facts: ClassVar[tuple[str, ...]] = ("order",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._starved: dict[int, _Starved] = {}
        self._fed = False
        self._forwards = 0

    def before_backward(self, loss: Tensor) -> None:
        self._fed = True

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        self._fed = True

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        self._forwards += (
            torch.is_grad_enabled() and module.training and any(True for _ in tensors_in((output,), depth=1))
        )

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if self._fed or not self.session.sampled:
            return
        mine = [p for group in optimizer.param_groups for p in group["params"]]
        if any(p.grad is not None for p in mine):
            self._fed = True
            return
        known = self._starved.setdefault(id(optimizer), _Starved(ref(optimizer), place))
        if known.optimizer() is optimizer:
            known.steps += 1
            if known.steps == _ENOUGH and self._forwards >= _ENOUGH:
                owned = {id(p) for root in self.session.names.roots() for p in root.parameters() if p.requires_grad}
                known.name = self.session.names.optimizer(optimizer) if owned & set(map(id, mine)) else ""

    def end(self) -> None:
        for known in self._starved.values():
            if known.name and not self._fed and not self.session.followed.crowded:
                step = Event(Act.STEP, known.place, 0)
                trace = StepTrace(events=(step,), optimizer=known.name, starved=True)
                self.session.report(self.session.judge.order(trace))
        self._starved.clear()

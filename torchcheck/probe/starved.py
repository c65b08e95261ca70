"""Optimizers that step though nothing computes gradients for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.known import parameters_of
from torchcheck.probe.session import Session
from torchcheck.probe.tensors import tensors_in

_ENOUGH = 3  # steps, and forward passes that autograd has recorded


@dataclass
class _Starved:
    """An optimizer, and what is known of it.

    Attributes:
        version: how often its weights had been written to before the step that runs.
        steps: sampled steps that found no gradient, and changed nothing.
        forwards: recorded passes of models before the first of them.
        fed: it had a gradient at some time, or a step of it changed a weight.
        name: as the user calls it, once it is known to own a model that runs.
    """

    optimizer: ref[torch.optim.Optimizer]
    place: Span
    forwards: int
    version: int = 0
    steps: int = 0
    fed: bool = False
    name: str = ""


class StarvedOptimizers(Observer):
    """Tells a loop that has forgotten a backward from one that only draws a schedule: the model runs.

    Other optimizers may well get their gradients. One that changes weights without gradients needs none.
    """

    facts: ClassVar[tuple[str, ...]] = ("order",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._starved: dict[int, _Starved] = {}
        self._forwards = 0

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        self._forwards += (
            torch.is_grad_enabled() and module.training and any(True for _ in tensors_in((output,), depth=1))
        )

    def after_backward(self, loss: Tensor) -> None:
        """Gradients that are cleared before their step were computed all the same."""
        for known in self._starved.values():
            optimizer = known.optimizer()
            if not known.fed and optimizer is not None:
                known.fed = any(p.grad is not None for p in parameters_of(optimizer))

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if not self.session.sampled:
            return
        known = self._starved.get(id(optimizer))
        if known is None or known.optimizer() is not optimizer:
            known = self._starved[id(optimizer)] = _Starved(ref(optimizer), place, self._forwards)
        if known.fed:
            return
        mine = parameters_of(optimizer)
        known.fed = not any(p.requires_grad for p in mine) or any(p.grad is not None for p in mine)
        known.version = sum(p._version for p in mine)

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._starved.get(id(optimizer))
        if known is None or known.fed or not self.session.sampled:
            return
        mine = parameters_of(optimizer)
        known.fed = known.version != sum(p._version for p in mine) or any(p.grad is not None for p in mine)
        known.steps += 1
        if known.steps >= _ENOUGH and not known.name and self._forwards - known.forwards >= _ENOUGH - 1:
            owned = {id(p) for root in self.session.names.roots() for p in root.parameters() if p.requires_grad}
            known.name = self.session.names.optimizer(optimizer) if owned & set(map(id, mine)) else ""

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._starved.get(id(optimizer))
        if known is not None:
            known.fed = True

    def end(self) -> None:
        for known in self._starved.values():
            if known.name and not known.fed and not self.session.followed.crowded:
                step = Event(Act.STEP, known.place, 0)
                trace = StepTrace(events=(step,), optimizer=known.name, starved=True)
                self.session.report(self.session.judge.order(trace))
        self._starved.clear()

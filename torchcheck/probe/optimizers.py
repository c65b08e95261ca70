"""What each optimizer was built with."""

from __future__ import annotations

import inspect
from typing import ClassVar
from weakref import ref

import torch

from torchcheck.facts.optimizer import OptimizerBuilt
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.source import callee


class Optimizers(Observer):
    """Hands every optimizer to the rules once: when it is built, or at its first step if it is older than the watch."""

    facts: ClassVar[tuple[str, ...]] = ("optimizer",)

    def start(self, session: Session) -> None:
        self._known: dict[int, ref[torch.optim.Optimizer]] = {}

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._known[id(optimizer)] = ref(optimizer)
        self.session.report(self.session.judge.optimizer(_fact(optimizer, place, self.session.step)))

    def first_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._known.get(id(optimizer))
        if known is None or known() is not optimizer:
            self.built(optimizer, place)


def _fact(optimizer: torch.optim.Optimizer, place: Span, step: int) -> OptimizerBuilt:
    groups = optimizer.param_groups
    decoupled = {bool(group.get("decoupled_weight_decay", False)) for group in groups}
    return OptimizerBuilt(
        kind=public_name(type(optimizer)),
        spelling=_spelling(type(optimizer), place),
        place=place,
        weight_decay=tuple(_number(group.get("weight_decay")) for group in groups),
        decoupled=decoupled.pop() if len(decoupled) == 1 else None,
        step=step,
    )


def public_name(kind: type) -> str:
    """The dotted name of an optimizer's class, for users.

    A subclass whose step is that of an optimizer of torch's, or calls it, works as that one does and gets its name.
    """
    for base in kind.__mro__:
        if vars(torch.optim).get(base.__name__) is base and base is not torch.optim.Optimizer:
            return f"torch.optim.{base.__name__}"
        if "step" in vars(base) and not _calls_parent(base):
            break
    return f"{kind.__module__}.{kind.__qualname__}"


def _calls_parent(kind: type) -> bool:
    """Whether the step of a class calls `super().step()`, or a parent's step by its name."""
    code = getattr(inspect.unwrap(vars(kind)["step"]), "__code__", None)
    names = set(code.co_names) if code is not None else set()
    return "step" in names and bool(names & {"super", *(base.__name__ for base in kind.__mro__[1:])})


def _spelling(kind: type, place: Span) -> str:
    written = callee(place)
    return written if written is not None and written.split(".")[-1] == kind.__name__ else kind.__name__


def _number(value: object) -> float | None:
    if value is None:
        return None
    return float(value) if isinstance(value, (int, float, torch.Tensor)) and not _on_device(value) else None


def _on_device(value: object) -> bool:
    """A tensor that would have to be read back."""
    return isinstance(value, torch.Tensor) and value.device.type != "cpu"

"""Layers whose units begin with equal weights, and whether training tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from torchcheck.facts.symmetry import UnitsAlike
from torchcheck.finding import Span
from torchcheck.probe.frames import UNKNOWN_PLACE
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.holders import assigned_at
from torchcheck.probe.parameters.known import parameters_of
from torchcheck.probe.parameters.models import Models
from torchcheck.probe.session import Session
from torchcheck.probe.tensors import read_back

_ENOUGH = 8  # sampled steps that have not told the units apart
_ROUNDING, _EPSILONS = 1e-3, 8
"""Less than this part of what training has changed, or so many roundings of a weight, are no difference of units."""


@dataclass(eq=False)
class _Alike:
    """A weight whose rows are equal.

    Attributes:
        first: a copy of its first row, as it began.
        steps: sampled steps that left the rows equal.
    """

    weight: ref[Tensor]
    first: Tensor
    steps: int = 0


class Symmetric(Observer):
    """Looks at every weight before the first step; those with equal rows are few, and are looked at again."""

    facts: ClassVar[tuple[str, ...]] = ("symmetry",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._alike: dict[int, tuple[ref[torch.optim.Optimizer], list[_Alike]]] = {}
        self._place = UNKNOWN_PLACE

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._alike.get(id(optimizer))
        if self.session.sampled and (known is None or known[0]() is not optimizer):
            self._alike[id(optimizer)] = ref(optimizer), _with_equal_rows(parameters_of(optimizer))

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._alike.get(id(optimizer))
        if not self.session.sampled or known is None or not known[1]:
            return
        left = [one for one in known[1] if _stays_alike(one)]
        for one in left:
            one.steps += 1
        due = [one for one in left if one.steps >= _ENOUGH and _has_moved(one)]
        known[1][:] = [one for one in left if one not in due]
        self._place = place
        self._tell(due, zeros=0)

    def end(self) -> None:
        """Layers of zeros may have waited for a loss that takes part later: what is stuck now has been all the time."""
        for _, alike in self._alike.values():
            stuck = [one for one in alike if one.steps >= _ENOUGH and _is_stuck_at_zero(one)]
            self._tell(stuck, zeros=len(stuck))
        self._alike.clear()

    def _tell(self, due: list[_Alike], *, zeros: int) -> None:
        holders = Models.of(self.session).holder if due else {}
        for one in due:
            weight = one.weight()
            layer = holders.get(id(weight)) if weight is not None else None
            if weight is None or not isinstance(layer, (nn.Linear, _ConvNd)):
                continue
            low, high = (float(end) for end in one.first.aminmax())
            fact = UnitsAlike(
                module=self.session.names.module(layer),
                units=weight.shape[0],
                value=low if low == high else None,
                moved=not zeros,
                zeros=zeros,
                samples=one.steps,
                place=self._assigned(layer) or self._place,
                step=self.session.step,
            )
            self.session.report(self.session.judge.symmetry(fact))

    def _assigned(self, layer: nn.Module) -> Span | None:
        owners = (part for root in self.session.names.roots() for part in root.modules())
        names = ((owner, name) for owner in owners for name, child in owner._modules.items() if child is layer)
        return next((place for place in (assigned_at(*one) for one in names) if place is not None), None)


def _with_equal_rows(parameters: list[Tensor]) -> list[_Alike]:
    weights = [p for p in parameters if _is_matrix(p)]
    with torch.no_grad():
        pairs = read_back([(weight[0] == weight[1]).all() for weight in weights])
        likely = [weight for weight, same in zip(weights, pairs, strict=True) if same]
        rows = read_back([(weight == weight[:1]).all() for weight in likely])
        return [_Alike(ref(w), w[0].detach().clone()) for w, same in zip(likely, rows, strict=True) if same]


def _is_matrix(parameter: Tensor) -> bool:
    return (
        type(parameter) is nn.Parameter
        and parameter.requires_grad
        and parameter.dim() > 1
        and parameter.shape[0] > 1
        and parameter.numel() > 0
        and parameter.is_floating_point()
        and parameter.layout is torch.strided
        and parameter.device.type != "meta"
    )


def _stays_alike(one: _Alike) -> bool:
    """Whether the rows are equal, up to rounding."""
    weight = one.weight()
    if weight is None:
        return False
    with torch.no_grad():
        apart = float((weight - weight[:1]).abs().max())
        moved = float((weight[0] - one.first).abs().max())
        return apart <= max(_ROUNDING * moved, _EPSILONS * torch.finfo(weight.dtype).eps * float(weight[0].abs().max()))


def _is_stuck_at_zero(one: _Alike) -> bool:
    """Whether a weight is zero, as is its gradient: a learning rate of zero leaves one."""
    weight = one.weight()
    gradient = weight.grad if weight is not None else None
    return not (_has_moved(one) or one.first.any()) and gradient is not None and not bool(gradient.any())


def _has_moved(one: _Alike) -> bool:
    weight = one.weight()
    return weight is not None and bool((weight[0] != one.first).any())

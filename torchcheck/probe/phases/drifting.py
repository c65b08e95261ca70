"""Frozen batch norms that run in training mode: on sampled steps, whether their running statistics have moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from torchcheck.facts.drift import FrozenDrift
from torchcheck.finding import Span
from torchcheck.probe.lanes import same_elements, some_elements
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.models import is_meant
from torchcheck.probe.session import Session

_MOST = 4  # norms that are followed: the others of a model are like them


@dataclass(eq=False)
class _Norm:
    """A batch norm that was frozen when it was first seen.

    Attributes:
        weight, mean: some elements of its weight then, and of its running mean at the last look.
        place: where the model was called.
        ran: since the last look, in training mode.
        fact: what was seen.
    """

    module: ref[_BatchNorm]
    weight: Tensor
    mean: Tensor
    place: Span
    ran: bool = True
    fact: FrozenDrift | None = None


class Drifting(Observer):
    """Records `FrozenDrift` facts once the watch ends: what is unfrozen, averaged or loaded later is frozen for a
    while, on purpose."""

    facts: ClassVar[tuple[str, ...]] = ("drift",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._norms: dict[int, _Norm] = {}
        self._excused: set[int] = set()
        self._place: Span | None = None

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._place = self.session.user_place()

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if not isinstance(module, _BatchNorm) or id(module) in self._excused or not torch.is_grad_enabled():
            return
        known = self._norms.get(id(module))
        if known is not None and known.module() is module:
            known.ran |= module.training
        elif len(self._norms) < _MOST and _is_frozen(module) and module.training and self._place is not None:
            weight, mean = some_elements(module.weight), _mean(module)
            self._norms[id(module)] = _Norm(ref(module), weight, mean, self._place)

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if not self.session.sampled:
            return
        for key, norm in tuple(self._norms.items()):
            module = norm.module()
            if module is None or not norm.ran:
                continue
            norm.ran = False
            if not _is_frozen(module) or not same_elements(norm.weight, some_elements(module.weight)):
                self._excuse(key)
                continue
            mean = _mean(module)
            if not same_elements(norm.mean, mean):
                norm.mean = mean
                self._moved(key, norm, module)

    def loaded(self, module: nn.Module, place: Span) -> None:
        for key, norm in tuple(self._norms.items()):
            if norm.module() in set(module.modules()):
                self._excuse(key)

    def end(self) -> None:
        told: set[str] = set()
        for norm in self._norms.values():
            module = norm.module()
            unfrozen = module is not None and not _is_frozen(module)
            if norm.fact is not None and not unfrozen and norm.fact.name not in told:
                told.add(norm.fact.name)
                self.session.report(self.session.judge.drift(norm.fact))
        self._norms.clear()

    def _moved(self, key: int, norm: _Norm, module: _BatchNorm) -> None:
        if norm.fact is not None:
            fact = norm.fact
            norm.fact = FrozenDrift(
                name=fact.name, norm=fact.norm, place=fact.place, step=fact.step, moves=fact.moves + 1
            )
            return
        names = self.session.names
        part = names.module(_frozen_part(self.session.names.roots(), module))
        if is_meant(part):
            self._excuse(key)
            return
        norm.fact = FrozenDrift(name=part, norm=names.module(module), place=norm.place, step=self.session.step, moves=1)

    def _excuse(self, key: int) -> None:
        self._excused.add(key)
        self._norms.pop(key, None)


def _is_frozen(module: _BatchNorm) -> bool:
    """Whether a batch norm keeps statistics, and has parameters that do not train."""
    if module.running_mean is None or not module.track_running_stats or not module.affine:
        return False
    if getattr(module.weight, "is_meta", True) or isinstance(module.weight, nn.UninitializedParameter):
        return False
    own = (module.weight, module.bias)
    return all(not p.requires_grad and p.grad is None for p in own if p is not None)


def _mean(module: _BatchNorm) -> Tensor:
    """Some elements of the running mean of a norm that keeps one."""
    assert module.running_mean is not None
    return some_elements(module.running_mean)


def _frozen_part(roots: list[nn.Module], norm: nn.Module) -> nn.Module:
    """The largest module around a norm none of whose parameters train."""
    around = [part for root in roots for part in _around(root, norm)]
    whole = [part for part in around if not any(p.requires_grad for p in part.parameters())]
    return max(whole, key=lambda part: sum(1 for _ in part.modules()), default=norm)


def _around(module: nn.Module, norm: nn.Module) -> Iterator[nn.Module]:
    """The modules that hold a norm, itself included."""
    for part in module.modules():
        if any(inner is norm for inner in part.modules()):
            yield part

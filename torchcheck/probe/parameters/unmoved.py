"""Parameters that get gradients, and that the steps of their optimizer leave as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.still import Stillness, StillParameters
from torchcheck.finding import Span
from torchcheck.probe.layers import dtype_name
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.known import parameters_of
from torchcheck.probe.parameters.models import Models, topmost
from torchcheck.probe.parameters.orphans import Orphan
from torchcheck.probe.session import Session
from torchcheck.probe.tensors import some_rows

_ENOUGH = 6  # sampled steps that all left it as it was
_CERTAIN = 20  # the same, the later half of them with a learning rate that does not rise: it is told at once
_WEAK = 1e-3  # a gradient this far below the largest may be noise, as that of a bias before a norm
_CONVERGED = 1e-5  # a gradient below it may be noise, as that at a minimum
_ULPS = 4  # steps of plain descent over the distance between two numbers that would have been seen
_MOST_TOLD = 4
_HALF = (torch.float16, torch.bfloat16)


class _Suspect:
    """A parameter that no sampled step has changed so far.

    Attributes:
        unmoved: steps that left it as it was though it had a gradient.
        strength: its largest gradient over the largest of the optimizer, at its best.
        rate: the largest learning rate of those steps.
        early_rate: the same of the first half of them.
    """

    def __init__(self, parameter: Tensor) -> None:
        self.parameter = ref(parameter)
        self.slice = Orphan(parameter)
        self.unmoved = self.looks = 0
        self.strength = self.rate = self.early_rate = 0.0


@dataclass
class _Probe:
    """The element of a parameter with the largest gradient, before a step; of a large one, among some of its rows."""

    suspect: _Suspect
    turn: int
    index: Tensor
    value: Tensor
    gradient: Tensor
    rate: float


@dataclass
class _Followed:
    optimizer: ref[torch.optim.Optimizer]
    place: Span
    suspects: list[_Suspect]
    probes: list[_Probe]
    name: str = ""
    strongest: float = 0.0
    told: set[str] = field(default_factory=set)


class Unmoved(Observer):
    """Compares, around sampled steps, the element of each parameter that has the largest gradient.

    The first step settles it for nearly all of them; only those that it did not move are looked at again.
    """

    facts: ClassVar[tuple[str, ...]] = ("still",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._followed: dict[int, _Followed] = {}
        self._names: dict[int, tuple[ref[Any], str]] = {}

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if not self.session.sampled or self.session.followed.crowded:
            return
        followed = self._followed.get(id(optimizer))
        if followed is None or followed.optimizer() is not optimizer:
            suspects = [_Suspect(p) for p in parameters_of(optimizer) if _is_plain(p)]
            followed = self._followed[id(optimizer)] = _Followed(ref(optimizer), place, suspects, [])
        followed.probes = []
        if followed.suspects:
            rates = {id(p): group.get("lr") for group in optimizer.param_groups for p in group["params"]}
            found = [_probe(suspect, rates) for suspect in followed.suspects]
            followed.probes = [probe for probe in found if probe is not None]

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        followed = self._followed.get(id(optimizer))
        if followed is None or not followed.probes:
            return
        probes, followed.probes = followed.probes, []
        moved, strengths = _compare(probes)
        strongest = followed.strongest = max(followed.strongest, *strengths)
        gone = set()
        for probe, has_moved, strength in zip(probes, moved, strengths, strict=True):
            suspect = probe.suspect
            suspect.slice.look()
            if has_moved or suspect.slice.changed:
                gone.add(id(suspect))
            elif _should_move(probe, strength):
                suspect.unmoved += 1
                suspect.strength = max(suspect.strength, strength / strongest)
                suspect.rate = max(suspect.rate, probe.rate)
                if suspect.unmoved <= _CERTAIN // 2:
                    suspect.early_rate = suspect.rate
        followed.suspects = [suspect for suspect in followed.suspects if id(suspect) not in gone]
        if any(suspect.unmoved == _ENOUGH for suspect in followed.suspects):
            self._name(followed, optimizer)
        self._tell(followed, [s for s in followed.suspects if s.unmoved >= _CERTAIN and s.rate <= s.early_rate])

    def end(self) -> None:
        for followed in self._followed.values():
            self._tell(followed, followed.suspects)
        self._followed.clear()
        self._names.clear()

    def _tell(self, followed: _Followed, suspects: list[_Suspect]) -> None:
        """Say of each that it does not move, by what it belongs to; of few, and once."""
        for suspect in suspects:
            suspect.slice.look()
            known = self._names.get(id(suspect))
            is_new = known is not None and known[1] not in followed.told and len(followed.told) < _MOST_TOLD
            if known is not None and is_new and not suspect.slice.changed:
                followed.told.add(known[1])
                self.session.report(self.session.judge.still(self._fact(followed, suspect, known[1])))

    def _name(self, followed: _Followed, optimizer: torch.optim.Optimizer) -> None:
        """Note the names of what has not moved while it is there to be found."""
        followed.name = self.session.names.optimizer(optimizer)
        models = Models.of(self.session)
        lost = [suspect for suspect in followed.suspects if suspect.unmoved >= _ENOUGH and _is_lost(suspect)]
        keys = {id(p) for p in (suspect.parameter() for suspect in lost) if p is not None}
        others = set(models.holder) - keys
        for suspect in lost:
            parameter = suspect.parameter()
            if parameter is None:
                continue
            parts = (part for root in models.roots for part in topmost(root, {id(parameter)}, others))
            whole = next(parts, None)
            name = self.session.names.module(whole) if isinstance(whole, nn.Module) else ""
            self._names[id(suspect)] = (suspect.parameter, name or self.session.names.tensor(parameter))

    def _fact(self, followed: _Followed, suspect: _Suspect, name: str) -> StillParameters:
        parameter = suspect.parameter()
        return StillParameters(
            name=name,
            stillness=Stillness.LOST,
            parameter=True,
            optimizer=followed.name,
            place=followed.place,
            dtype=dtype_name(parameter.dtype) if parameter is not None else "",
            learning_rate=suspect.rate,
            step=self.session.step,
        )


def _should_move(probe: _Probe, strength: float) -> bool:
    """Whether a step was due. In half precision it may be lost to rounding, which is the mistake; else it may not."""
    if probe.value.dtype in _HALF:
        return strength > _CONVERGED
    weight = abs(float(probe.value))
    return probe.rate * strength > _ULPS * torch.finfo(probe.value.dtype).eps * weight and strength > _CONVERGED


def _is_plain(parameter: Tensor) -> bool:
    """Whether its elements can be looked at one by one."""
    return (
        parameter.requires_grad
        and parameter.is_floating_point()
        and parameter.layout is torch.strided
        and parameter.device.type != "meta"
        and parameter.numel() > 0
        and not hasattr(parameter, "_local_tensor")
    )


def _is_lost(suspect: _Suspect) -> bool:
    """Whether the gradient is no noise. In half precision a vector may well stay: a norm's weights of one."""
    parameter = suspect.parameter()
    if parameter is None:
        return False
    return parameter.dim() >= 2 if parameter.dtype in _HALF else suspect.strength > _WEAK


def _probe(suspect: _Suspect, rates: dict[int, Any]) -> _Probe | None:
    parameter = suspect.parameter()
    gradient = parameter.grad if parameter is not None else None
    rate = rates.get(id(parameter))
    if parameter is None or gradient is None or gradient.layout is not torch.strided:
        return None
    if not isinstance(rate, (int, float)) or rate <= 0:
        return None
    with torch.no_grad():
        suspect.looks += 1
        turn = suspect.looks  # the rows that a lookup has not met have no gradient: look at others next time
        rows = some_rows(gradient, turn)
        index = rows.abs().argmax()
        return _Probe(suspect, turn, index, some_rows(parameter, turn).take(index), rows.take(index), float(rate))


def _compare(probes: list[_Probe]) -> tuple[list[bool], list[float]]:
    """Which of the elements have moved, and how large their gradients were; -1 where one was not finite."""
    moved: list[Tensor] = []
    strengths: list[Tensor] = []
    with torch.no_grad():
        for probe in probes:
            parameter = probe.suspect.parameter()
            now = probe.value if parameter is None else some_rows(parameter, probe.turn).take(probe.index)
            moved.append((now != probe.value).cpu())
            strength = probe.gradient.double().abs()
            strengths.append(torch.where(torch.isfinite(strength), strength, -torch.ones_like(strength)).cpu())
    return torch.stack(moved).tolist(), torch.stack(strengths).tolist()

"""Optimizers that are built anew again and again, and those that train with a learning rate of zero."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor

from torchcheck.facts.scheduler import Unit
from torchcheck.facts.training import OptimizerUsed
from torchcheck.finding import Span
from torchcheck.naming import EPOCHS, tokens
from torchcheck.probe.observer import Observer
from torchcheck.probe.optimizers import public_name
from torchcheck.probe.phases.drives import Drive
from torchcheck.probe.session import Session
from torchcheck.probe.source import assigned_to, parsed

_REBUILT = 3
"""Constructions at one place for the same weights, before the last of which each has trained."""

_EACH_BATCH = 5
_FEWEST = 3
_TAIL = 0.2
"""Part of all steps, at the end, that a learning rate of zero must last: a decay to zero reaches it at its last one."""


@dataclass(eq=False)
class _Built:
    """One optimizer.

    Attributes:
        times: how often one was built here for these weights, and nothing else wrote to them.
        passes: over loaders, since it was built.
        steps: how many there were, up to the last that was heard of.
        seen: the session's step at that time.
        version: of its first parameter then.
        writes: how often a step writes to that parameter.
        still: steps with a learning rate of zero, up to then.
        explained: a scheduler multiplies it by zero, which is said where that one is built.
    """

    kind: str
    class_name: str
    place: Span
    first: ref[Tensor]
    parameters: int
    rate: float | None
    times: int = 1
    steps: int = 0
    seen: int = -1
    passes: list[int] = field(default_factory=list)
    version: int = -1
    writes: float = 0.0
    still: int = 0
    explained: bool = False


class Rates(Observer):
    """Records `OptimizerUsed` facts of optimizers that were rebuilt, and of those that stand still."""

    facts: ClassVar[tuple[str, ...]] = ("life",)

    def start(self, session: Session) -> None:
        self._known: dict[int, tuple[ref[Any], _Built]] = {}
        self._at: dict[Span, _Built] = {}
        self._all: list[_Built] = []
        self._passes: list[int] = []
        self._crashed = False

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self.session.drives.alive()
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        if not parameters or len(self._all) > 1000:
            return
        new = _Built(
            kind=public_name(type(optimizer)),
            class_name=type(optimizer).__name__,
            place=place,
            first=ref(parameters[0]),
            parameters=len(parameters),
            rate=_rate(optimizer),
        )
        before = self._at.get(place)
        if before is not None and _goes_on(before, new, parameters[0], self.session.step - 1) and _remembers(optimizer):
            new.times = before.times + 1
            before.passes = self._passes
            unit = _unit(before) if new.times >= _REBUILT else None
            if unit is not None and (unit is Unit.EPOCH or new.times >= _EACH_BATCH):
                self._tell(new, rebuilt=unit)
        self._passes = []
        self._at[place] = new
        self._known[id(optimizer)] = (ref(optimizer), new)
        self._all.append(new)

    def paced(self) -> None:
        """Late in a long training, hear of steps where a sample is near."""
        clock = self.session.clock
        self.session.mute(self, clock.is_settled and not clock.is_near, "stepped")

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        reference, built = self._known.get(id(optimizer), (None, None))
        if built is None or reference is None or reference() is not optimizer:
            return
        step = self.session.step
        elapsed = max(step - built.seen, 1) if built.steps else 1
        first = built.first()
        version = first._version if first is not None else -1
        built.writes = (version - built.version) / elapsed
        built.version, built.seen = version, step
        built.steps += elapsed
        rate = optimizer.param_groups[0].get("lr") if optimizer.param_groups else None
        if type(rate) is float and rate > 0:  # so none of them can be the largest, and zero
            built.still = 0
        else:
            built.still = built.still + elapsed if _rate(optimizer) == 0 else 0

    def scheduler_built(self, scheduler: Any, place: Span) -> None:
        _, built = self._known.get(id(getattr(scheduler, "optimizer", None)), (None, None))
        if built is not None and 0 in (getattr(scheduler, "gamma", None), getattr(scheduler, "factor", None)):
            built.explained = True

    def drive_closed(self, drive: Drive) -> None:
        if drive.backwards:
            self._passes.append(drive.loader)

    def crashed(self, error: BaseException) -> None:
        self._crashed = True

    def end(self) -> None:
        if not self._crashed and not self.session.stopped:
            for built in self._all:
                if not built.explained and built.still >= _FEWEST and built.still >= _TAIL * built.steps:
                    self._tell(built, learning_rate=0.0)
        self._known.clear()
        self._at.clear()
        self._all.clear()

    def _tell(self, built: _Built, rebuilt: Unit | None = None, learning_rate: float | None = None) -> None:
        fact = OptimizerUsed(
            kind=built.kind,
            name=assigned_to(built.place) or built.class_name,
            place=built.place,
            rebuilt=rebuilt,
            learning_rate=learning_rate,
        )
        self.session.report(self.session.judge.life(fact))


def _rate(optimizer: torch.optim.Optimizer) -> float | None:
    """The largest learning rate; None where it lies on a device."""
    rates = [group.get("lr") for group in optimizer.param_groups]
    numbers = [float(rate) for rate in rates if isinstance(rate, (int, float))]
    return max(numbers) if numbers and len(numbers) == len(rates) else None


def _goes_on(before: _Built, new: _Built, first: Tensor, last: int) -> bool:
    """Whether an optimizer takes over from another of its kind, and nothing but that one has written to the weights.

    Args:
        last: the session's step when the other one stepped for the last time, be it heard of or not.
    """
    same = before.first() is first and before.parameters == new.parameters and before.kind == new.kind
    unheard = max(last - before.seen, 0) * before.writes
    return same and before.rate == new.rate and before.steps > 0 and before.version + unheard == first._version


def _remembers(optimizer: torch.optim.Optimizer) -> bool:
    """Whether something is lost with it: plain SGD has no memory, and LBFGS begins anew by design."""
    if isinstance(optimizer, torch.optim.LBFGS):
        return False
    return not isinstance(optimizer, torch.optim.SGD) or any(g.get("momentum") for g in optimizer.param_groups)


def _unit(before: _Built) -> Unit | None:
    """How often one is built, by what the last one has trained; tasks, folds and rounds have epochs of their own."""
    if before.steps == 1:
        return Unit.BATCH
    if len(before.passes) == 1:
        return Unit.EPOCH
    return Unit.EPOCH if not before.passes and _in_an_epoch(before.place) else None


def _in_an_epoch(place: Span) -> bool:
    """Whether the source around a place says that this is an epoch: the innermost loop, or else the function."""
    tree = parsed(place.filename)
    row = place.start.row
    blocks = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While, ast.FunctionDef))] if tree else []
    around = [block for block in blocks if block.lineno < row <= (block.end_lineno or 0)]
    inner = max(around, key=lambda block: block.lineno, default=None)
    if isinstance(inner, ast.For):
        said = ast.unparse(inner.target) + " " + ast.unparse(inner.iter)
    else:
        said = getattr(inner, "name", "")
    names = "".join(letter if letter.isalnum() else "_" for letter in said)
    return bool(set(tokens(names)) & EPOCHS)

"""Parameters that an optimizer has and that no backward ever reaches: cut off, or not used at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.cut import GradientCut
from torchcheck.facts.still import Stillness, StillParameters
from torchcheck.finding import Finding, Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.holders import assigned_at
from torchcheck.probe.parameters.known import parameters_of
from torchcheck.probe.parameters.models import Models, is_meant, topmost
from torchcheck.probe.parameters.orphans import Orphan
from torchcheck.probe.parameters.severing import Severing
from torchcheck.probe.session import Session

_SUSPECT = 3  # rounds without a gradient after which cuts are looked for
_LISTEN = 2  # sampled steps in which they are
_UNUSED = 8  # rounds after which a module counts as unused: a part that is dropped at random has come up by then
_MOST_TOLD = 6


@dataclass
class _Cold:
    """The parameters of one optimizer that have had no gradient so far, while others have.

    Attributes:
        rounds: sampled steps in which others had one.
        cut: it was said of some of them where they are cut off.
    """

    optimizer: ref[torch.optim.Optimizer]
    place: Span
    left: dict[int, Orphan]
    rounds: int = 0
    listened: int = 0
    cut: set[int] = field(default_factory=set)
    decided: bool = False


@dataclass
class _Verdict:
    """What will be said at the end, if none of these has got a gradient or was changed until then."""

    cold: _Cold
    keys: set[int]
    say: Callable[[], list[Finding]]


class Cold(Observer):
    """Follows which parameters of each optimizer have had no gradient; first all of them, soon few."""

    facts: ClassVar[tuple[str, ...]] = ("severed", "still")
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._by_optimizer: dict[int, _Cold] = {}
        self._called: dict[int, ref[nn.Module]] = {}
        self._unrecorded: dict[int, ref[nn.Module]] = {}
        self._verdicts: list[_Verdict] = []
        self._severing = Severing(session)

    def new_step(self) -> None:
        self._severing.end()
        wanted = {
            key
            for cold in self._by_optimizer.values()
            if cold.rounds >= _SUSPECT and cold.listened < _LISTEN
            for key in cold.left
        }
        if wanted and self.session.sampled and self._called:
            self._severing.begin(wanted)

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        called = self._called if torch.is_grad_enabled() else self._unrecorded
        if id(module) not in called:
            called[id(module)] = ref(module)
        if self._severing.active:
            self._severing.enter(module, args)

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        if self._severing.active:
            self._severing.leave(module, output)

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if not self.session.sampled or self.session.followed.crowded:
            return
        cold = self._by_optimizer.get(id(optimizer))
        if cold is None or cold.optimizer() is not optimizer:
            mine = [p for p in parameters_of(optimizer) if isinstance(p, nn.Parameter) and p.requires_grad]
            if any(p.grad is not None for p in mine):
                left = {id(p): Orphan(p) for p in mine if p.grad is None}
                self._by_optimizer[id(optimizer)] = _Cold(ref(optimizer), place, left, rounds=1)
            return
        if not cold.left:
            return
        self._warm(cold)
        if any(p.grad is not None for p in parameters_of(optimizer)):
            cold.rounds += 1
            cold.listened += self._severing.active

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        cold = self._by_optimizer.get(id(optimizer))
        if cold is None or not cold.left or not self.session.sampled:
            return
        self._warm(cold)  # a closure has computed gradients within the step
        for orphan in cold.left.values():
            orphan.look()
        if cold.listened >= _LISTEN and not cold.cut:
            self._decide_cuts(cold, optimizer)
        if cold.rounds >= _UNUSED and not cold.decided:
            cold.decided = True
            self._decide_unused(cold, optimizer)

    def end(self) -> None:
        self._severing.end()
        for cold in self._by_optimizer.values():
            self._warm(cold)
            for orphan in cold.left.values():
                orphan.look()
        for verdict in self._verdicts:
            left = verdict.cold.left
            if all(key in left and not left[key].changed for key in verdict.keys):
                self.session.report(verdict.say())
        self._verdicts.clear()
        self._by_optimizer.clear()

    @staticmethod
    def _warm(cold: _Cold) -> None:
        """Drop those that have a gradient now, or that no longer want one. A parameter that is gone stays."""
        for key, orphan in list(cold.left.items()):
            leaf = orphan.leaf
            if leaf is not None and (leaf.grad is not None or not leaf.requires_grad):
                del cold.left[key]

    def _candidates(self, cold: _Cold, models: Models) -> set[int]:
        found = set()
        for key, orphan in cold.left.items():
            holder = models.holder.get(key)
            lives = orphan.leaf is not None and not orphan.changed
            if holder is not None and holder.training and lives and key not in models.ready | cold.cut:
                found.add(key)
        return found

    def _decide_cuts(self, cold: _Cold, optimizer: torch.optim.Optimizer) -> None:
        models = Models.of(self.session)
        candidates = self._candidates(cold, models)
        others = set(models.holder) - set(cold.left)
        for (place, by), behind in self._severing.found.items():
            keys = behind & candidates - cold.cut
            names = [name for name, _ in self._parts(models, keys, others) if not is_meant(name)]
            if names:
                cold.cut |= keys
                fact = GradientCut(place=place, by=by, modules=tuple(names[:_MOST_TOLD]))
                self._verdicts.append(_Verdict(cold, keys, partial(self.session.judge.severed, fact)))

    def _decide_unused(self, cold: _Cold, optimizer: torch.optim.Optimizer) -> None:
        models = Models.of(self.session)
        keys = self._candidates(cold, models)
        others = set(models.holder) - keys
        parents = {
            id(child): parent for root in models.roots for parent in root.modules() for child in parent.children()
        }
        told = 0
        for name, part in self._parts(models, keys, others):
            inside = {id(part)} if isinstance(part, Tensor) else {id(p) for p in part.parameters()} & keys
            owner = models.holder[id(part)] if isinstance(part, Tensor) else parents.get(id(part))
            if owner is None or is_meant(name) or told >= _MOST_TOLD or not self._is_used(owner):
                continue
            runs = isinstance(part, Tensor) or any(_is_in(self._called, module) for module in part.modules())
            if _is_chosen_from(part, owner) or not (runs or self._is_idle(part)):
                continue
            told += 1
            place = assigned_at(owner, name.rpartition(".")[2]) or cold.place
            fact = StillParameters(
                name=name,
                stillness=Stillness.UNUSED if runs else Stillness.NEVER_CALLED,
                parameter=isinstance(part, Tensor),
                optimizer=self.session.names.optimizer(optimizer),
                place=place,
                dtype="",
                learning_rate=None,
                step=self.session.step,
            )
            self._verdicts.append(_Verdict(cold, inside, partial(self.session.judge.still, fact)))

    def _parts(self, models: Models, keys: set[int], others: set[int]) -> list[tuple[str, nn.Module | Tensor]]:
        names, told = self.session.names, set[int]()
        found: list[tuple[str, nn.Module | Tensor]] = []
        for root in models.roots:
            for part in topmost(root, keys - told, others):
                inside = {id(part)} if isinstance(part, Tensor) else {id(p) for p in part.parameters()}
                if inside & (keys - told):
                    told |= inside
                    found.append((names.tensor(part) if isinstance(part, Tensor) else names.module(part), part))
        return found

    def _is_used(self, module: nn.Module) -> bool:
        """Whether a module runs in training: by itself, or by parts of it."""
        return any(_is_in(self._called, part) for part in module.modules())

    def _is_idle(self, part: nn.Module | Tensor) -> bool:
        """Whether nothing calls it, not even an evaluation."""
        return not isinstance(part, Tensor) and not any(_is_in(self._unrecorded, inner) for inner in part.modules())


def _is_in(table: dict[int, ref[nn.Module]], module: nn.Module) -> bool:
    known = table.get(id(module))
    return known is not None and known() is module


def _is_chosen_from(part: nn.Module | Tensor, owner: nn.Module) -> bool:
    """Whether it is one of several that a model chooses from: an expert, the head of another task."""
    return not isinstance(part, Tensor) and isinstance(owner, (nn.ModuleList, nn.ModuleDict))

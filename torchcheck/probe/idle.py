"""Optimizers that get gradients and never step, or that step so rarely that most gradients are cleared unused."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torch import Tensor, nn

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.probe.graph import leaves
from torchcheck.probe.lanes import Lane
from torchcheck.probe.owner import Owner, spread

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

_FIRST = 8  # backwards after which the weights are compared only at every power of two
_WITHOUT_CLEAR = 4  # backwards that must have come where nothing was cleared: fewer may be one accumulated step
_WASTED = 4  # gradients cleared unused between two steps; a GAN or a pair of losses wastes one or two


@dataclass
class _Watched:
    """An optimizer that has not stepped: some of its weights, and whether its gradients serve another purpose."""

    lanes: list[Lane] = field(default_factory=list)
    name: str = ""
    excused: bool = False


class Idle:
    """Tells an optimizer that was forgotten from one that somebody else does the work of.

    Gradients of a pass that also reaches an input (saliency, adversarial examples), of a model in evaluation mode, and
    weights that move without the optimizer excuse it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._watched: dict[int, _Watched] = {}

    def reached(self, owner: Owner, loss: Tensor) -> None:
        """A backward has reached parameters of this optimizer."""
        owner.backwards += 1
        if owner.steps or owner.stepping is not None:
            self._watched.pop(id(owner), None)
            return
        watched = self._watched.setdefault(id(owner), _Watched())
        if watched.excused:
            return
        if not watched.lanes:
            watched.lanes = spread([lane for lane in owner.lanes if lane.backwards], 3)
        count = owner.backwards
        if count > _FIRST and count & (count - 1):
            return
        moved = [lane.weight_changed() for lane in watched.lanes]
        if count == 2:
            watched.name = self._name(owner)
            watched.excused = self._serves_other(owner, loss)
        watched.excused |= any(moved)

    def wasted(self, owner: Owner, loss: Tensor) -> None:
        """A backward reached an optimizer that does step: look what becomes of its gradients."""
        lane = _wasting(owner)
        if lane is not None and owner.wasted >= 0 and self._serves_other(owner, loss):
            owner.wasted = -1

    def wasted_trace(self, owner: Owner) -> StepTrace | None:
        """Before a step: what happened since the last one, if most gradients were cleared unused, twice in a row."""
        if owner.wasted < 0:
            return None
        lane = _wasting(owner)
        owner.wasted = owner.wasted + 1 if lane is not None and not lane.edited else 0
        if lane is None or owner.wasted < 2:
            return None
        return StepTrace(events=_since_step(lane), optimizer=self._name(owner), never_steps=True)

    def trace(self, owner: Owner, stepped: set[int], *, crashed: bool) -> StepTrace | None:
        """At the end of the run: the history of an optimizer that was forgotten.

        Args:
            stepped: ids of parameters that another optimizer steps.
            crashed: the run ended by an exception.
        """
        watched = self._watched.get(id(owner))
        if watched is None or watched.excused or owner.steps or owner.stepping is not None or owner.backwards < 2:
            return None
        if any(lane.weight_changed() or lane.key in stepped for lane in watched.lanes):
            return None
        lane = max(watched.lanes, key=lambda lane: lane.backwards, default=None)
        if lane is None or not _is_training(lane.events, crashed):
            return None
        return StepTrace(events=lane.main, optimizer=watched.name or self._name(owner), never_steps=True)

    def _name(self, owner: Owner) -> str:
        optimizer = owner.optimizer()
        return self._session.names.optimizer(optimizer) if optimizer is not None else "the optimizer"

    def _serves_other(self, owner: Owner, loss: Tensor) -> bool:
        optimizer = owner.optimizer()
        owned = {id(p) for group in optimizer.param_groups for p in group["params"]} if optimizer is not None else set()
        if any(id(leaf) not in owned and not isinstance(leaf, nn.Parameter) for leaf in leaves(loss)):
            return True
        return any(_in_evaluation(root, owned) for root in self._session.names.roots())


def _in_evaluation(root: nn.Module, owned: set[int]) -> bool:
    mine = [p for p in root.parameters() if id(p) in owned]
    return bool(mine) and not any(module.training for module in root.modules())


def _is_training(events: Iterable[Event], crashed: bool) -> bool:
    acts = [event.act for event in events]
    backwards = acts.count(Act.BACKWARD)
    if Act.CLEAR in acts:
        return backwards >= 2
    return backwards >= _WITHOUT_CLEAR and not crashed


def _wasting(owner: Owner) -> Lane | None:
    """A parameter whose gradients from one backward of the program have mostly been cleared unused since the step."""
    for lane in spread([lane for lane in owner.lanes if lane.backwards], 1):
        events = _since_step(lane)
        acts = [event.act for event in events if event.act is not Act.SCHEDULE]
        places = {event.place for event in events if event.act is Act.BACKWARD}
        cleared = sum(pair == (Act.BACKWARD, Act.CLEAR) for pair in itertools.pairwise(acts))
        if len(places) == 1 and cleared >= _WASTED and set(acts) == {Act.BACKWARD, Act.CLEAR}:
            return lane
    return None


def _since_step(lane: Lane) -> tuple[Event, ...]:
    events = list(lane.main)
    steps = [index for index, event in enumerate(events) if event.act is Act.STEP]
    return tuple(events[steps[-1] + 1 :] if steps else events)

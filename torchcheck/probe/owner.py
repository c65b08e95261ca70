"""An optimizer and the gradients that it owns."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Sequence
from threading import get_ident
from typing import TYPE_CHECKING, TypeVar
from weakref import ref

from torchcheck.facts.step import Act, Event
from torchcheck.probe.accumulations import Round
from torchcheck.probe.lanes import ASIDE, Change, Lane

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from torchcheck.finding import Span

T = TypeVar("T")

_AT_FIRST = 512  # parameters followed until some steps have shown which ones are alike
_LATER = 8
_SETTLED = 3  # steps after which few parameters are followed


class Owner:
    """Follows the gradients of one optimizer.

    At first it follows all of its parameters (512 at most), later the first, the middle and the last one that get
    gradients, and those whose history differs.

    Attributes:
        steps: steps begun or held back.
        updated_at: how many of them there were when its scaler was updated last.
        steps_before: steps of all optimizers up to its last one.
        stepping: where the step that is running was called.
        backwards: how many have reached its parameters.
        accumulates: how it was seen to add up several backwards, on purpose.
        thread: the thread that built it or stepped it last.
        wasted: steps in a row before which most gradients were cleared unused; -1 where they serve another purpose.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, mark: str) -> None:
        self.optimizer = ref(optimizer)
        self._mark = mark
        self.lanes: list[Lane] = []
        self._groups = 0
        self.steps = self.backwards = self.wasted = self.steps_before = self.updated_at = 0
        self.stepping: Span | None = None
        self.accumulates: Round | None = None
        self.thread = get_ident()

    def refresh(self) -> None:
        """Follow parameters that have come since."""
        optimizer = self.optimizer()
        if optimizer is None or (self.lanes and len(optimizer.param_groups) == self._groups):
            return
        self._groups = len(optimizer.param_groups)
        followed = {id(lane.parameter) for lane in self.lanes}
        fresh = [p for p in _parameters(optimizer) if id(p) not in followed]
        self.lanes += [Lane(p, self._mark) for p in spread(fresh, _AT_FIRST)]

    def look(self, place: Span, step: int, *, in_backward: bool, resolve: bool, scaled: bool | None = None) -> bool:
        """Record what became of the gradients since the last look; whether a backward reached any of them."""
        reached = False
        for lane in self.lanes:
            reached |= record(lane, place, step, in_backward=in_backward, resolve=resolve, scaled=scaled)
        return reached

    def absorb(self, parameters: Container[int] = ()) -> list[Lane]:
        """The gradients were scaled or clipped: take their new versions for known; which of them it was.

        Args:
            parameters: ids of parameters that it was asked for.
        """
        return [lane for lane in self.lanes if lane.change() is Change.WRITTEN or lane.key in parameters]

    def wake(self) -> None:
        """What happened since the last look is not known: begin anew."""
        for lane in self.lanes:
            lane.forget()

    def add(self, event: Event) -> None:
        """Record an act upon all gradients."""
        for lane in self.lanes:
            lane.add(event)

    def traces(self) -> list[tuple[Event, ...]]:
        """The different histories of its gradients, those that no backward reached left out.

        Where only part of them is dropped before the step, that is done on purpose: such clears are not certain.
        """
        histories = self._histories()
        lost = [lanes for lanes in histories.values() if _lost(lanes[0].events)]
        if 0 < len(lost) < len(histories):
            for lane in itertools.chain(*lost):
                lane.doubt_clears()
            histories = self._histories()
        return [tuple(lanes[-1].events) for lanes in histories.values()]

    def _histories(self) -> dict[tuple[object, ...], list[Lane]]:
        """The gradients that a backward has reached, by what happened to them: most have the same history."""
        found: dict[tuple[object, ...], list[Lane]] = {}
        for lane in self.lanes:
            acts = tuple([part for event in lane.events for part in (event.act, event.certain)])
            if Act.BACKWARD in acts:
                found.setdefault(acts, []).append(lane)
        return found

    def settle(self) -> None:
        """After a step: forget old events, and after some steps follow few parameters."""
        for lane in self.lanes:
            lane.forget_old()
        if self.steps < _SETTLED or len(self.lanes) <= _LATER:
            return
        alive = [lane for lane in self.lanes if lane.parameter is not None]
        reached = [lane for lane in alive if lane.backwards] or alive
        by_history = {tuple(event.act for event in lane.events): lane for lane in reached}
        kept = {id(lane): lane for lane in (*spread(reached, 3), *list(by_history.values())[: _LATER - 3])}
        for lane in self.lanes:
            if id(lane) not in kept:
                lane.unmark()
        self.lanes = list(kept.values())


def _lost(events: Iterable[Event]) -> bool:
    """Whether the gradient was cleared right before the last step."""
    acts = [event.act for event in events if event.act is not Act.SCHEDULE and event.act not in ASIDE]
    last = max((index for index, act in enumerate(acts) if act is Act.STEP), default=0)
    return last > 0 and acts[last - 1] is Act.CLEAR


def _parameters(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    return [p for p in parameters if p.requires_grad and p.is_leaf]


def spread(items: Sequence[T], count: int) -> list[T]:
    """`count` of the items, evenly spread, the first and the last among them."""
    if len(items) <= count:
        return list(items)
    if count == 1:
        return [items[0]]
    last = len(items) - 1
    return [items[round(i * last / (count - 1))] for i in range(count)]


def record(
    lane: Lane,
    place: Span,
    step: int,
    *,
    in_backward: bool,
    resolve: bool,
    certain: bool = True,
    scaled: bool | None = None,
) -> bool:
    """Record what became of one gradient since the last look; whether a backward reached it.

    Args:
        in_backward: a backward has run since the last look.
        resolve: values may be read to tell a clear from another write.
        certain: a clear is known to have come after all that was recorded before.
        scaled: the loss of that backward carried the factor of a gradient scaler.
    """
    change = lane.change()
    if change is Change.NONE:
        return False
    if in_backward and change is not Change.REMOVED:
        lane.add(Event(Act.BACKWARD, place, step, scaled=scaled))
        lane.reached(resolve)
        return True
    if change is Change.REMOVED:
        lane.add(Event(Act.UNKNOWN if in_backward else Act.CLEAR, place, step, certain))
    elif change is not Change.WRITTEN or not resolve:
        lane.add(Event(Act.UNKNOWN, place, step))
    else:
        lane.written(Event(Act.CLEAR, place, step, certain))
    return False


def check_unwritten(lanes: Iterable[Lane], place: Span, step: int, *, resolve: bool) -> None:
    """Before a backward: a used gradient at the same version may still have been cleared through `.data`."""
    for lane in lanes:
        if not (lane.used and lane.has_gradient):
            continue
        if not resolve:
            lane.add(Event(Act.UNKNOWN, place, step))
        elif lane.is_zero():
            lane.add(Event(Act.CLEAR, place, step, certain=False))

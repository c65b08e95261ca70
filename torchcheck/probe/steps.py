"""In what order a training step happens, optimizer by optimizer."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable
from threading import get_ident
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Finding, Span
from torchcheck.probe.accumulations import accumulation, is_divided, is_even, rounds
from torchcheck.probe.by_hand import ByHand
from torchcheck.probe.idle import Idle
from torchcheck.probe.lanes import ASIDE, Change, Lane
from torchcheck.probe.observer import Observer
from torchcheck.probe.owner import Owner, check_unwritten
from torchcheck.probe.patches import HUB
from torchcheck.probe.scaling import Scaling, clipped_lanes, is_limit
from torchcheck.probe.session import Session
from torchcheck.probe.threads import is_python_thread

_numbers = itertools.count()


class Steps(Observer):
    """Records what backwards, steps and clears do to the gradients of every optimizer.

    Nothing is read from the device except on sampled steps, and there only to settle a doubt.
    """

    facts: ClassVar[tuple[str, ...]] = ("steps", "order", "accumulation")

    def start(self, session: Session) -> None:
        self._mark = f"_torchcheck_{next(_numbers)}"
        self._owners: dict[int, Owner] = {}
        self._idle = Idle(session)
        self._by_hand = ByHand(session, self._mark)
        self._place: Span | None = None
        self._clean: set[Any] = set()
        self._scaling = Scaling()
        self._steps = 0
        self._divided: dict[Span, bool | None] = {}
        self._searched = False
        self._crashed = False
        self._awake = True

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._owners[id(optimizer)] = Owner(optimizer, self._mark)

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def paced(self) -> None:
        """Sleep through steps that are far from a sampled one: a judgement needs the step before it, no more."""
        clock = self.session.clock
        self._wake(clock.is_young or clock.is_near)

    def _wake(self, awake: bool) -> None:
        if awake != self._awake and not self._by_hand.active:
            self._awake = awake
            self.session.mute(self, not awake)
            for owner in self._mine() if awake else ():
                owner.wake()

    def before_backward(self, loss: Tensor) -> None:
        place = self._place = self.session.user_place()
        step, resolve = self.session.step, self.session.sampled
        if resolve:
            self._divided[place] = is_divided(loss, scaled=self._scaling.of(loss) is True)
        for owner in self._mine():
            if owner.optimizer() is None and owner.steps:
                self._drop(owner)
                continue
            owner.refresh()
            self._used_within_step(owner)
            owner.look(place, step, in_backward=False, resolve=resolve)
            check_unwritten(owner.lanes, place, step, resolve=resolve)
        self._by_hand.before_backward(place)

    def after_backward(self, loss: Tensor) -> None:
        place = self._place or self.session.user_place()
        step, resolve, scaled = self.session.step, self.session.sampled, self._scaling.of(loss)
        reached = [o for o in self._mine() if o.look(place, step, in_backward=True, resolve=resolve, scaled=scaled)]
        if not reached and not self._searched:
            reached = self._search(place)
        for owner in reached:
            self._idle.reached(owner, loss)
            self._idle.wasted(owner, loss)
        if not reached:
            self._by_hand.after_backward(loss, place)

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        owner = self._owner(optimizer)
        owner.thread = get_ident()
        owner.refresh()
        self._look(owner, place, in_backward=bool(self.session.losses))
        self._judge_accumulation(owner, place)
        wasted = self._idle.wasted_trace(owner)
        if wasted is not None and owner.accumulates is None:
            self.session.report(self.session.judge.steps(wasted))
        owner.stepping = place
        for lane in owner.lanes:
            lane.weight_was_written()

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        owner = self._owner(optimizer)
        owner.stepping = None
        owner.steps += 1
        self._steps += 1
        owner.steps_before = self._steps
        self._scaling.stepped()
        step = self.session.step
        owner.add(Event(Act.STEP, place, step, scaled=HUB.stepping.scaled))
        owner.look(place, step, in_backward=False, resolve=self.session.sampled)
        if self.session.clock.is_young or self.session.sampled:
            self._judge(owner)
        owner.settle()

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if isinstance(optimizer, torch.optim.Optimizer):
            owner = self._owner(optimizer)
            owner.steps += 1
            owner.add(Event(Act.STEP, place, self.session.step, certain=False))

    def failed_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """It would have used the gradients: if they were cleared before, that is why there are none."""
        if not isinstance(optimizer, torch.optim.Optimizer):
            return
        owner = self._owner(optimizer)
        self._look(owner, place, in_backward=False)
        owner.add(Event(Act.STEP, place, self.session.step))
        for events in owner.traces():
            main = tuple(event for event in events if event.act not in ASIDE)
            findings = self.session.judge.steps(StepTrace(events=main, optimizer=self._name(owner)))
            self.session.report(findings)
            if any(finding.row != place.start.row for finding in findings):
                self.session.explained = place

    def cleared(self, holder: torch.optim.Optimizer | nn.Module, place: Span) -> None:
        # An optimizer clears its own: others that share parameters see it when they look next.
        of_optimizer = isinstance(holder, torch.optim.Optimizer)
        owners = [self._owner(holder)] if of_optimizer else self._mine()  # type: ignore[arg-type]
        for owner in owners:
            self._used_within_step(owner)
            for lane in owner.lanes:
                self._clear(lane, place, own=of_optimizer)
        if not of_optimizer:
            self._by_hand.cleared(place)

    def clipped(self, given: tuple[Any, float | None], place: Span) -> None:
        owners = self._mine()
        for lane in clipped_lanes(owners, given[0]):
            lane.add(Event(Act.CLIP, place, self.session.step, certain=is_limit(given[1])))
        self._by_hand.absorb()

    def unscaled(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        for owner in self._mine():
            owner.absorb()
            if owner.optimizer() is optimizer:
                owner.add(Event(Act.UNSCALE, place, self.session.step))
        self._by_hand.absorb()

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        self._scaling.scaled(tensors)

    def scale_updated(self, scaler: Any, place: Span) -> None:
        """An update belongs to the optimizers that have stepped since the last one; if none has, it is one too many."""
        mine = self._mine()
        stepped = [owner for owner in mine if owner.steps != owner.updated_at]
        for owner in stepped or mine:
            owner.add(Event(Act.UPDATE_SCALE, place, self.session.step))
            owner.updated_at = owner.steps

    def scheduled(self, scheduler: Any, place: Span) -> None:
        owner = self._owners.get(id(getattr(scheduler, "optimizer", None)))
        if owner is not None:
            owner.add(Event(Act.SCHEDULE, place, self.session.step))

    def crashed(self, error: BaseException) -> None:
        self._crashed = True

    def end(self) -> None:
        self._by_hand.end(self._place)
        if self.session.followed.crowded:  # threads that still train are left alone
            here = get_ident()
            self._owners = {k: o for k, o in self._owners.items() if o.thread == here or not is_python_thread(o.thread)}
        stepped = {lane.key for owner in self._owners.values() if owner.steps for lane in owner.lanes}
        for owner in self._owners.values():
            trace = self._idle.trace(owner, stepped, crashed=self._crashed)
            if trace is not None:
                self.session.report(self.session.judge.steps(trace))
            for lane in owner.lanes:
                lane.unmark()

    def _mine(self) -> list[Owner]:
        """The optimizers whose gradients may be read here: while others train, those that only this thread trains."""
        here = get_ident() if self.session.followed.crowded else None
        return [owner for owner in self._owners.values() if here is None or owner.thread == here]

    def _owner(self, optimizer: torch.optim.Optimizer) -> Owner:
        owner = self._owners.get(id(optimizer))
        if owner is None or owner.optimizer() is not optimizer:
            owner = self._owners[id(optimizer)] = Owner(optimizer, self._mark)
        return owner

    def _drop(self, owner: Owner) -> None:
        self._owners = {key: other for key, other in self._owners.items() if other is not owner}

    def _look(self, owner: Owner, place: Span, *, in_backward: bool) -> bool:
        return owner.look(place, self.session.step, in_backward=in_backward, resolve=self.session.sampled)

    def _used_within_step(self, owner: Owner) -> None:
        """A closure runs again: if the weights have moved since its last run, the step has used its gradients."""
        if owner.stepping is None:
            return
        for lane in owner.lanes:
            if lane.weight_was_written() and lane.events and lane.events[-1].act is Act.BACKWARD:
                lane.add(Event(Act.STEP, owner.stepping, self.session.step))

    def _clear(self, lane: Lane, place: Span, *, own: bool) -> None:
        change = lane.change()
        step = self.session.step
        fresh = change in (Change.ADDED, Change.REPLACED) or (change is Change.WRITTEN and not own)
        if fresh and self.session.losses:
            lane.add(Event(Act.BACKWARD, self._place or place, step))
        elif change in (Change.REMOVED, Change.WRITTEN):
            lane.add(Event(Act.CLEAR, place, step))
        elif change is not Change.NONE:
            lane.add(Event(Act.UNKNOWN, place, step))

    def _search(self, place: Span) -> list[Owner]:
        """Find the optimizers that were built before the watch began; the last backward has reached which of them?"""
        self._searched = True
        if self.session.followed.crowded:
            return []
        found = [o for o in gc.get_objects() if issubclass(type(o), torch.optim.Optimizer)]
        fresh = [Owner(o, self._mark) for o in found if id(o) not in self._owners and hasattr(o, "param_groups")]
        for owner in fresh:
            self._owners[id(owner.optimizer())] = owner
            owner.refresh()
            for lane in owner.lanes:
                if lane.has_gradient:
                    lane.add(Event(Act.BACKWARD, place, self.session.step))
        return [owner for owner in fresh if owner.traces()]

    def _judge(self, owner: Owner) -> None:
        for events in owner.traces():
            main = tuple(event for event in events if event.act not in ASIDE)
            self._ask(owner, main, self.session.judge.steps)
            if sum(event.act is Act.STEP for event in events) >= 2:
                self._ask(owner, events, self.session.judge.order)

    def _judge_accumulation(self, owner: Owner, place: Span) -> None:
        """Before a step: have as many backwards as before the last one led to it, while no other optimizer stepped?"""
        lane = next((lane for lane in owner.lanes if lane.backwards), None)
        if lane is None or owner.steps_before != self._steps:
            return
        found = rounds([*lane.events, Event(Act.STEP, place, self.session.step)])
        if not is_even(found) or found[1] is None or owner.accumulates == found[1]:
            return
        fact = accumulation(found[1], self._name(owner), self._divided.get(found[1].backward))
        if fact is not None:
            owner.accumulates = found[1]
            self.session.report(self.session.judge.accumulation(fact))

    def _name(self, owner: Owner) -> str:
        optimizer = owner.optimizer()
        return self.session.names.optimizer(optimizer) if optimizer is not None else "the optimizer"

    def _ask(self, owner: Owner, events: tuple[Event, ...], judge: Callable[[StepTrace], list[Finding]]) -> None:
        acts = (judge.__name__, *((event.act, event.certain, event.scaled, event.place) for event in events))
        if acts in self._clean:
            return
        findings = judge(StepTrace(events=events, optimizer=self._name(owner)))
        self.session.report(findings)
        if not findings and len(self._clean) < 1000:
            self._clean.add(acts)

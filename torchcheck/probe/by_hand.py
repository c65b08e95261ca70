"""Weights that the user's own code updates, with no optimizer of torch's."""

from __future__ import annotations

import linecache
import re
from typing import TYPE_CHECKING

from torch import Tensor

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Position, Span
from torchcheck.probe.graph import leaves
from torchcheck.probe.lanes import Change, Lane
from torchcheck.probe.owner import check_unwritten, record, spread

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

_NAME = "the update by hand"
_FOLLOWED = 6
_WALKS = 20  # graphs walked in search of leaves, before only those of sampled steps are
_ALWAYS_READ = 10  # first backwards after which weights are compared; later on sampled steps


class ByHand:
    """Follows leaf tensors that no optimizer owns. A weight that moves between two backwards was updated by hand."""

    def __init__(self, session: Session, mark: str) -> None:
        self._session = session
        self._mark = mark
        self._lanes: list[Lane] = []
        self._backwards = self._walks = 0

    @property
    def active(self) -> bool:
        """Whether it follows anything: it counts the steps of such a run, so it must not miss one."""
        return bool(self._lanes)

    def before_backward(self, place: Span) -> None:
        """Look for updates and clears since the last backward."""
        if not self._lanes:
            return
        self._lanes = [lane for lane in self._lanes if lane.parameter is not None]
        self._look(place, self._reads)
        check_unwritten(self._lanes, place, self._session.step, resolve=self._reads)

    def after_backward(self, loss: Tensor, place: Span) -> None:
        """A backward that reached no optimizer's parameters."""
        self._backwards += 1
        step = self._session.step
        reached = [record(lane, place, step, in_backward=True, resolve=False) for lane in self._lanes]
        if any(reached) or not (self._walks < _WALKS or self._session.sampled):
            return
        self._walks += 1
        fresh = [leaf for leaf in leaves(loss) if leaf.grad is not None]
        self._lanes = [Lane(leaf, self._mark) for leaf in spread(fresh, _FOLLOWED)]
        for lane in self._lanes:
            lane.weight_changed()
            lane.add(Event(Act.BACKWARD, place, step))

    def cleared(self, place: Span) -> None:
        """`Module.zero_grad` has run."""
        self._add_updates(place, self._reads)
        for lane in self._lanes:
            if lane.change() in (Change.REMOVED, Change.WRITTEN):
                lane.add(self._clear(place))

    def absorb(self) -> None:
        """The gradients were clipped: take their new versions for known."""
        for lane in self._lanes:
            lane.change()

    def end(self, place: Span | None) -> None:
        """The last update may have come after the last backward."""
        if place is not None:
            self._look(place, read=True)
        for lane in self._lanes:
            lane.unmark()

    @property
    def _reads(self) -> bool:
        return self._backwards < _ALWAYS_READ or self._session.sampled

    def _clear(self, place: Span) -> Event:
        # An update through `.data` may be noticed long after it was made, and so after a clear that followed it.
        return Event(Act.CLEAR, place, self._session.step, certain=False)

    def _look(self, place: Span, read: bool) -> None:
        updated = self._add_updates(place, read)
        for events in {tuple(event.act for event in lane.events): lane.events for lane in updated}.values():
            trace = StepTrace(events=tuple(events), optimizer=_NAME)
            self._session.report(self._session.judge.steps(trace))
        for lane in self._lanes:
            record(lane, place, self._session.step, in_backward=False, resolve=read, certain=False)
            lane.forget_old()

    def _add_updates(self, place: Span, read: bool) -> list[Lane]:
        updated = [lane for lane in self._lanes if self._was_updated(lane, read)]
        for lane in updated:
            lane.add(Event(Act.STEP, update_place(place), self._session.step))
        if updated:
            self._session.stepped(self)
        return updated

    def _was_updated(self, lane: Lane, read: bool) -> bool:
        written = lane.weight_was_written()
        changed = read and lane.weight_changed()
        return (written or changed) and any(event.act is Act.BACKWARD for event in lane.events)


_UPDATE = re.compile(r"-=|\+=|\.(?:sub|add|copy|addcmul|addcdiv|lerp)_\(|\.data\b.*=|=.*-")
_REACH = 40


def update_place(backward: Span) -> Span:
    """The line that most likely updates the weights: the nearest below the backward that uses gradients."""
    row = backward.start.row
    for near in (*range(row + 1, row + _REACH), *range(row - 1, max(row - _REACH, 0), -1)):
        text = linecache.getline(backward.filename, near).split("#")[0].rstrip()
        if ".grad" in text and _UPDATE.search(text):
            start = len(text) - len(text.lstrip()) + 1
            return Span(backward.filename, Position(near, start), Position(near, len(text) + 1))
    return backward

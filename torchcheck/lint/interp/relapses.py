"""Training that goes on in evaluation mode: an epoch ends in it, and the next one does not leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from torchcheck.lint.interp.events import Event, Events, Exit, Fork, Forward, Loop, ModeSet, Scope
from torchcheck.lint.interp.torch_values import Module
from torchcheck.lint.interp.values import Instance, Value
from torchcheck.lint.source import NodePlace
from torchcheck.records import frozen, record

_States = frozenset["_Said | None"]
"""The modes that a model may be in, by who said so in this turn of the loop; None: nobody yet."""


@frozen
class _Said:
    training: bool | None
    place: NodePlace


@record
class _Walk:
    """One turn of a loop, seen from one model.

    Attributes:
        at: the modes before each of its forwards.
        left: the modes at each `break`, `continue`, `return` and `raise`.
    """

    model: int
    at: dict[int, _States] = field(default_factory=dict)
    left: dict[str, set[_Said | None]] = field(default_factory=dict)

    def block(self, events: Events, states: _States) -> _States:
        for event in events:
            if not states:
                break
            states = self.after(event, states)
        return states

    def after(self, event: Event, states: _States) -> _States:
        if isinstance(event, ModeSet):
            return frozenset({_Said(event.training, event.place)}) if self.model in event.parts else states
        if isinstance(event, Forward):
            self.at.setdefault(id(event), states)
        elif isinstance(event, Exit):
            return self._leave(event.kind, states)
        elif isinstance(event, Fork):
            ends = [self._arm(arm.events, arm.exit, states) for arm in event.arms]
            return frozenset().union(*ends)
        elif isinstance(event, Loop):
            return self._within(event.events, states, ("break", "continue"))
        elif isinstance(event, Scope):
            return self._within(event.events, states, ("return",))
        return states

    def _arm(self, events: Events, way_out: str | None, states: _States) -> _States:
        states = self.block(events, states)
        return states if way_out is None else self._leave(way_out, states)

    def _leave(self, kind: str, states: _States) -> _States:
        self.left.setdefault(kind, set()).update(states)
        return frozenset()

    def _within(self, events: Events, states: _States, caught: tuple[str, ...]) -> _States:
        """A block that some exits end without ending what is around it."""
        outer = {kind: self.left.pop(kind, set()) for kind in caught}
        states = self.block(events, states)
        for kind in caught:
            states |= self.left.pop(kind, set())
            if outer[kind]:
                self.left[kind] = outer[kind]
        return states


def relapses(events: Events, training: Sequence[Forward]) -> Iterator[tuple[Forward, NodePlace]]:
    """Forwards that train in training mode in the first turn of a loop and not in later ones, and why."""
    if not training:
        return
    wanted = {id(forward): forward for forward in training}
    for loop in _loops(events):
        told: set[int] = set()
        for forward in _inside(loop.events):
            if id(forward) not in wanted or id(forward.model) in told or _built_in(loop, forward.model):
                continue
            if forward.mode.training is True:
                left_at = _left_at(loop, forward)
                if left_at is not None:
                    told.add(id(forward.model))
                    yield forward, left_at


def _built_in(loop: Loop, model: Value) -> bool:
    """Whether each turn builds a model of its own."""
    return isinstance(model, Module | Instance) and model.number >= loop.first


def _left_at(loop: Loop, forward: Forward) -> NodePlace | None:
    """Where a turn of the loop leaves the model in evaluation mode, if the next turn trains it like that."""
    walk = _Walk(id(forward.model))
    ends = walk.block(loop.events, frozenset({None}))
    ends |= walk.left.get("continue", set())
    if walk.at.get(id(forward)) != frozenset({None}):
        return None
    said = [end.place for end in ends if end is not None and end.training is False]
    return min(said, key=_where, default=None)


def _where(place: NodePlace) -> tuple[str, int, int]:
    """What puts places in one order, whichever of them a set holds first."""
    span = place.span()
    return span.filename, span.start.row, span.start.column


def _loops(events: Events) -> Iterator[Loop]:
    for event in events:
        if isinstance(event, Loop):
            yield event
        for inner in _inner(event):
            yield from _loops(inner)


def _inside(events: Events) -> Iterator[Forward]:
    for event in events:
        if isinstance(event, Forward):
            yield event
        for inner in _inner(event):
            yield from _inside(inner)


def _inner(event: Event) -> list[Events]:
    if isinstance(event, Loop | Scope):
        return [event.events]
    return [arm.events for arm in event.arms] if isinstance(event, Fork) else []

"""Paths through a tree of events: one arm of each branch, equal conditions taken alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from torchcheck.facts.step import Act
from torchcheck.lint.interp.events import (
    Arm,
    Event,
    Events,
    Exit,
    Fork,
    Forward,
    GradientRead,
    Handed,
    Happening,
    Loop,
    LossMade,
    ModeSet,
    flat,
    without_modes,
)
from torchcheck.records import frozen

MAX_PATHS = 200
"""Paths that are looked at in one loop; where there are more, the rest is not."""

Path = tuple[Happening, ...]
_Taken = dict[str, int]


@frozen
class _State:
    """A path so far: its events, the arms taken, and how it has left its block, if it has."""

    events: Path
    taken: tuple[tuple[str, int], ...] = ()
    exit: str | None = None
    periodic: bool = False
    given: str | None = None


def paths(events: Events, *, periodic: bool = False, given: tuple[str, int] | None = None) -> list[Path]:
    """The paths through one turn of a loop, in the order in which arms are written; none of them twice.

    Args:
        periodic: follow also the turns in which a clear under `i % n == 0` is left out. They are possible, but where
            steps come now and then too, they mean accumulation.
        given: a condition and the arm that is taken where it decides.
    """
    seen: dict[tuple[int, ...], Path] = {}
    start = _State((), (given,) if given else (), periodic=periodic, given=given[0] if given else None)
    for state in _block([start], without_modes(events)):
        if state.exit != "raise":
            seen.setdefault(tuple(map(id, state.events)), state.events)
    return list(seen.values())


def happenings(events: Events) -> Iterator[Happening]:
    """Every act in a tree."""
    yield from (event for event in flat(events) if isinstance(event, Happening))


def _block(states: list[_State], events: Events) -> list[_State]:
    done: list[_State] = []
    for event in events:
        done += [state for state in states if state.exit is not None]
        states = [state for state in states if state.exit is None]
        if not states:
            break
        states = _after(states, event)
    return done + states


def _after(states: list[_State], event: Event) -> list[_State]:
    if isinstance(event, Happening):
        return [replace(state, events=(*state.events, event)) for state in states]
    if isinstance(event, GradientRead | LossMade | Handed | Forward | ModeSet):
        return states
    if isinstance(event, Exit):
        return [replace(state, exit=event.kind) for state in states]
    if isinstance(event, Fork):
        if event.key is not None and event.key == states[0].given:
            return _distinct([after for state in states for after in _through_fork(state, event)])
        if _only_clips(event):
            return [replace(state, events=(*state.events, *happenings([event]))) for state in states]
        clears = _only_clears(event, states[0].periodic)
        if clears is not None:
            return [replace(state, events=(*state.events, *clears)) for state in states]
        return _distinct([after for state in states for after in _through_fork(state, event)])
    leaves = ("break", "continue") if isinstance(event, Loop) else ("return",)
    inner = _block(states, event.events)
    return _distinct([replace(state, exit=None if state.exit in leaves else state.exit) for state in inner])


def _through_fork(state: _State, fork: Fork) -> list[_State]:
    taken = dict(state.taken)
    arms = list(enumerate(fork.arms))
    if fork.key is not None and fork.key in taken:
        arms = [arms[taken[fork.key]]]
    after: list[_State] = []
    for index, arm in arms:
        remembered = (*state.taken, (fork.key, index)) if fork.key is not None else state.taken
        for end in _block([replace(state, taken=remembered)], arm.events):
            after.append(end if end.exit is not None else replace(end, exit=arm.exit))
    return after


def _only_clears(fork: Fork, periodic: bool) -> list[Happening] | None:
    """The clears of a branch that does nothing else and leaves nothing: it counts as having cleared.

    Its condition has usually to do with that of a step elsewhere, in ways that are not followed.
    """
    if periodic and "%" in (fork.key or ""):
        return None
    if fork.clears is None:
        acts = list(happenings([fork]))
        if any(_leaves(arm) for arm in fork.arms) or any(e.act not in (Act.CLEAR, Act.UNKNOWN) for e in acts):
            return None
        fork.clears = [replace(event, certain=False) for event in acts]
    return fork.clears


def _only_clips(fork: Fork) -> bool:
    """Whether a branch does nothing but clip, and unscale for it: an option that is on when it matters.

    One that comes round now and then is told apart.
    """
    if "%" in (fork.key or "") or any(_leaves(arm) for arm in fork.arms):
        return False
    acts = [event.act for event in happenings([fork])]
    return bool(acts) and all(act in (Act.CLIP, Act.UNSCALE) for act in acts)


def _leaves(arm: Arm) -> bool:
    return arm.exit is not None or any(isinstance(event, Exit) for event in arm.events)


def _distinct(states: list[_State]) -> list[_State]:
    seen = {(tuple(map(id, state.events)), state.taken, state.exit): state for state in states}
    return list(seen.values())[:MAX_PATHS]

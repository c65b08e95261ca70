"""From the events of an entry point to the traces that rules judge: one optimizer, one path, twice over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from torchcheck.facts.place import no_fix
from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.lint.fixes import insert_clear, insert_unscale, move_clear
from torchcheck.lint.interp.concerns import (
    accumulates,
    begins_anew,
    blocks,
    concerns,
    loops_of,
    next_step,
    surely_concerns,
)
from torchcheck.lint.interp.events import (
    Events,
    Fork,
    GradientRead,
    Happening,
    Loop,
    Scope,
    flat,
)
from torchcheck.lint.interp.paths import Path, happenings, paths
from torchcheck.lint.interp.scaling import own_updates, settled_scaling
from torchcheck.lint.interp.schedulers import BuiltScheduler
from torchcheck.lint.interp.starving import starving_loops
from torchcheck.lint.interp.torch_values import Optimizer
from torchcheck.lint.source import SourceFile
from torchcheck.patterns import pattern
from torchcheck.records import frozen

_SHOWING = pattern(r"(?i)debug|verbose|quiet|plot|visuali|profil|print|wandb|tensorboard")
"""Flags that switch nothing which training needs."""

Trace = tuple[SourceFile, StepTrace]


@frozen
class Run:
    """What an entry point did.

    Attributes:
        repeated: it is itself called again and again, as a method `train_step` is.
        method: it is a method that nobody was seen to call.
        top: it is the top level of a file, run as a script.
        schedulers: those that it built.
        first: where it is `repeated`, the number that the first module gets which one call of it makes.
        cut: it was not read to its end; `events` are the loops that were. What is not in them may come later.
    """

    events: Events
    optimizers: Sequence[Optimizer]
    repeated: bool = False
    top: bool = False
    method: bool = False
    schedulers: Sequence[BuiltScheduler] = ()
    cut: bool = False
    first: int = 0


def traces(run: Run) -> Iterator[list[Trace]]:
    """The traces of each loop and optimizer, the likeliest first; one finding of a kind is enough for a group."""
    turns = [(loop.events, loop.first) for loop in loops_of(run.events)]
    if run.repeated:
        turns.append((run.events, run.first))
    loops = [body for body, _ in turns]
    for optimizer in run.optimizers:
        settled: list[Events] = []
        for body, first in turns:  # inner loops come first
            if begins_anew(optimizer, first) or any(_contains(body, inner) for inner in settled):
                continue
            if _steps_and_learns(body, optimizer):
                settled.append(body)
                sole = not run.cut and len([other for other in run.optimizers if not other.parts]) == 1
                yield [_trace(path, optimizer, sole=sole) for path in _paths_of(body, optimizer) if path]
        if run.cut:
            continue
        yield from _never_stepped(run, loops, optimizer)
        yield from _scheduled_instead(loops, optimizer)
        yield from _thrown_away(run, loops, optimizer)
        yield from _starved(run, loops, optimizer)


def _contains(body: Events, inner: Events) -> bool:
    if body is inner:
        return True
    for event in body:
        if isinstance(event, Loop | Scope) and _contains(event.events, inner):
            return True
        if isinstance(event, Fork) and any(_contains(arm.events, inner) for arm in event.arms):
            return True
    return False


def _steps_and_learns(body: Events, optimizer: Optimizer) -> bool:
    acts = {event.act for event in happenings(body) if concerns(event, optimizer)}
    return Act.STEP in acts and Act.BACKWARD in acts


def _paths_of(body: Events, optimizer: Optimizer) -> list[Path]:
    every = paths(body)
    steps = [any(e.act is Act.STEP and e.optimizer is optimizer for e in path) for path in every]
    if all(steps):
        every = paths(body, periodic=True)
    seen: dict[tuple[int, ...], Path] = {}
    for path in every:
        own = _own(own_updates(path, optimizer), optimizer)
        seen.setdefault(tuple(map(id, own)), own)
    return settled_scaling(list(seen.values()))


def _own(path: Path, optimizer: Optimizer) -> Path:
    """What concerns an optimizer. A backward between its clear and its step was meant for it, whatever it reaches.

    One that may reach anything, and that another optimizer uses before this one clears, was meant for that one.
    """
    own: list[Happening] = []
    used = False
    for event in path:
        if concerns(event, optimizer):
            unsure = own and own[-1].act is Act.BACKWARD and not surely_concerns(own[-1], optimizer)
            if event.act is Act.CLEAR and used and unsure:
                own[-1] = replace(own[-1], act=Act.UNKNOWN)
            own.append(event)
            used = False
        elif event.act is Act.STEP:
            used = True
        elif event.act is Act.BACKWARD and own and own[-1].act is Act.CLEAR:
            own.append(replace(event, act=Act.UNKNOWN))
    return tuple(own)


def _trace(
    path: Path, optimizer: Optimizer, *, never_steps: bool = False, starved: bool = False, sole: bool = False
) -> Trace:
    backwards = [event for event in path if event.act is Act.BACKWARD]
    clear = next((e for e in path if e.act is Act.CLEAR and e.certain and e.optimizer is optimizer), None)
    never_clears = bool(backwards) and not any(event.act is Act.CLEAR for event in path)
    trace = StepTrace(
        events=[_event(event, optimizer, sole) for event in (*path, *path)],
        optimizer=optimizer.name,
        never_steps=never_steps,
        starved=starved,
        insert_clear=insert_clear(path) if never_clears else no_fix,
        move_clear=move_clear(clear, _before(path, clear) or backwards[0]) if backwards and clear else no_fix,
        insert_unscale=insert_unscale(path),
    )
    file = (backwards or list(path))[0].place.file if path else None
    assert file is not None
    return file, trace


def _before(path: Path, clear: Happening) -> Happening | None:
    """The first of the backwards that come before a clear with no step between."""
    first: Happening | None = None
    for event in path:
        if event is clear:
            return first
        if event.act is Act.BACKWARD:
            first = first or event
        elif event.act is Act.STEP:
            first = None
    return None


def _event(event: Happening, optimizer: Optimizer, sole: bool) -> Event:
    certain = event.certain and (event.optimizer is None or event.optimizer is optimizer)
    if event.act is Act.CLEAR:
        certain = certain and surely_concerns(event, optimizer)
    elif event.act is Act.CLIP:
        certain = certain and (sole or surely_concerns(event, optimizer))
    return Event(event.act, event.place, certain=certain, scaled=event.scaled)


def _never_stepped(run: Run, loops: list[Events], optimizer: Optimizer) -> Iterator[list[Trace]]:
    """An optimizer that was built here, and that nothing in the whole entry point steps."""
    if not optimizer.built:
        return
    own = [event for event in happenings(run.events) if concerns(event, optimizer)]
    if any(event.act in (Act.STEP, Act.BY_HAND) for event in own) or _is_read_after(run.events, loops):
        return
    for body in loops[::-1]:
        if any(_is_of_something_else(read, optimizer) for read in _reads(body)):
            return
        inside = [event for event in happenings(body) if concerns(event, optimizer)]
        used = any(event.optimizer is optimizer for event in inside)
        if not used and any(event.act is Act.STEP for event in happenings(body)):
            continue  # another optimizer learns here; this one's model (a target network, say) only takes part
        for path in _paths_of(body, optimizer):
            learns = any(e.act is Act.BACKWARD and (used or surely_concerns(e, optimizer)) for e in path)
            if learns and not any(e.act is Act.UNKNOWN for e in inside):
                yield [_trace(path, optimizer, never_steps=True)]
                return


def _scheduled_instead(loops: list[Events], optimizer: Optimizer) -> Iterator[list[Trace]]:
    """`if scheduler: scheduler.step() else: optimizer.step()`: where the scheduler steps, the optimizer doesn't.

    Likewise a step that stands under a flag which is for showing things: it is off in training.
    """
    for body in loops:
        forks = list(_forks(body))
        either_or = any(_is_either_or(fork, optimizer) for fork in forks)
        if not either_or and not any(_is_for_show(fork, optimizer) for fork in forks):
            continue
        for path in _paths_of(body, optimizer):
            acts = [event.act for event in path]
            if (Act.SCHEDULE in acts or not either_or) and Act.STEP not in acts and Act.BACKWARD in acts:
                yield [_trace(path, optimizer, never_steps=True)]
                return


def _thrown_away(run: Run, loops: list[Events], optimizer: Optimizer) -> Iterator[list[Trace]]:
    """A loop that clears before each backward and never steps: each gradient is thrown away by the next turn.

    Where another optimizer steps there, or a gradient is looked at, the backward is for something else.
    """
    for body in loops:
        acts = list(happenings(body))
        if any(event.act in (Act.STEP, Act.UNKNOWN, Act.BY_HAND) for event in acts) or any(True for _ in _reads(body)):
            continue
        if not optimizer.built or not any(e.act is Act.CLEAR and e.optimizer is optimizer for e in acts):
            continue
        if _is_followed_by_step(run.events, body, optimizer):
            continue
        for path in _paths_of(body, optimizer):
            certain = [event.act for event in path if event.certain]
            if Act.CLEAR in certain and Act.BACKWARD in certain:
                yield [_trace(path, optimizer, never_steps=True)]
                return


def _is_followed_by_step(events: Events, body: Events, optimizer: Optimizer) -> bool:
    """Whether a step comes after a loop that is to add gradients up: it uses those of the last turn."""
    for block in blocks(events):
        for index, event in enumerate(block):
            if isinstance(event, Loop) and event.events is body:
                adds_up = event.unrolled or accumulates(event)
                return adds_up and next_step(block[index + 1 :], optimizer) is not None
    return False


def _starved(run: Run, loops: list[Events], optimizer: Optimizer) -> Iterator[list[Trace]]:
    """A loop that computes a loss, clears and steps, in a program that computes no gradients for this optimizer."""
    others = [other for other in run.optimizers if other is not optimizer]
    for body in starving_loops(run.events, loops, optimizer, others):
        for path in _paths_of(body, optimizer):
            certain = {event.act for event in path if event.certain}
            if {Act.CLEAR, Act.STEP} <= certain and not any(event.act is Act.UNKNOWN for event in path):
                yield [_trace(path, optimizer, starved=True)]
                return


def _reads(events: Events) -> Iterator[GradientRead]:
    yield from (event for event in flat(events) if isinstance(event, GradientRead))


def _is_read_after(events: Events, loops: list[Events]) -> bool:
    """Whether the gradients are looked at once a loop has added them up: they are what the program is after."""
    inside = {id(read) for body in loops for read in _reads(body)}
    return any(id(read) not in inside for read in _reads(events))


def _is_of_something_else(read: GradientRead, optimizer: Optimizer) -> bool:
    """Whether a gradient is surely not of a weight of the optimizer: of an input, then."""
    return 0 not in read.deps and read.deps.isdisjoint(optimizer.owners)


def _is_either_or(fork: Fork, optimizer: Optimizer) -> bool:
    kinds = [{e.act for e in happenings(arm.events) if concerns(e, optimizer)} for arm in fork.arms]
    only_schedule = any(Act.SCHEDULE in acts and Act.STEP not in acts for acts in kinds)
    only_step = any(Act.STEP in acts and Act.SCHEDULE not in acts for acts in kinds)
    return len(kinds) == 2 and only_schedule and only_step


def _is_for_show(fork: Fork, optimizer: Optimizer) -> bool:
    flag = (fork.key or "").partition(" @")[0]
    if not flag.replace(".", "").isidentifier() or not _SHOWING.search(flag.rpartition(".")[2]):
        return False
    steps = [any(e.act is Act.STEP and concerns(e, optimizer) for e in happenings(arm.events)) for arm in fork.arms]
    return steps == [True, False]


def _forks(events: Events) -> Iterator[Fork]:
    for event in events:
        if isinstance(event, Fork):
            yield event
            for arm in event.arms:
                yield from _forks(arm.events)
        elif isinstance(event, Loop | Scope):
            yield from _forks(event.events)

"""Gradients that several turns add up: a step every `k` turns, or after an inner loop."""

from __future__ import annotations

import re
from collections.abc import Iterator

from torchcheck.facts.accumulation import Accumulation
from torchcheck.facts.step import Act
from torchcheck.lint.interp.concerns import (
    HIDDEN,
    accumulates,
    blocks,
    bound_in,
    concerns,
    count_of,
    loops_of,
    next_step,
    surely_concerns,
)
from torchcheck.lint.interp.events import Events, Fork, GradientRead, Happening, Loop, Scope, flat
from torchcheck.lint.interp.paths import Path, happenings, paths
from torchcheck.lint.interp.torch_values import Optimizer
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.source import SourceFile
from torchcheck.records import frozen


@frozen
class _Turns:
    """The turns that only add up, with the step that uses the sum."""

    optimizer: Optimizer
    sole: bool
    off: list[Path]
    step: Happening
    count: str
    body: Events


def accumulations(run: Run) -> Iterator[tuple[SourceFile, Accumulation]]:
    """Every accumulation of an entry point."""
    sole = len([other for other in run.optimizers if not other.parts]) == 1
    bodies = [loop.events for loop in loops_of(run.events)] + ([run.events] if run.repeated else [])
    for optimizer in run.optimizers:
        if optimizer.parts or optimizer.kind.endswith(".step"):
            continue
        for body in bodies:
            for fork in _forks(body):
                turns = _periodic(body, fork, optimizer, sole)
                if turns is not None:
                    yield _fact(turns)
        for block in blocks(run.events):
            for turns in _nested(block, optimizer, sole):
                yield _fact(turns)


def _fact(turns: _Turns) -> tuple[SourceFile, Accumulation]:
    backward = next(event for event in turns.off[0] if event.act is Act.BACKWARD)
    read = any(isinstance(event, GradientRead) for event in flat(turns.body))
    clear, clip = (_in_every(turns, act) for act in (Act.CLEAR, Act.CLIP))
    return backward.place.file, Accumulation(
        optimizer=turns.optimizer.name,
        backward=backward.place,
        step=turns.step.place,
        turns=turns.count or None,
        divided=False if not read and _is_undivided(turns) else None,
        clear=clear.place if clear is not None and not read else None,
        clip=clip.place if clip is not None and not _unscaled(turns) else None,
    )


def _in_every(turns: _Turns, act: Act) -> Happening | None:
    """An act on the gradients of the optimizer that happens in every one of the turns."""
    own = [[event for event in path if event.act is act and _is_own(event, turns)] for path in turns.off]
    return own[0][0] if all(own) else None


def _is_own(event: Happening, turns: _Turns) -> bool:
    sole = turns.sole and event.act is Act.CLIP
    return event.certain and (sole or surely_concerns(event, turns.optimizer))


def _unscaled(turns: _Turns) -> bool:
    return any(event.act is Act.UNSCALE for path in turns.off for event in path)


def _is_undivided(turns: _Turns) -> bool:
    """Whether surely nothing is divided by the number of turns, neither the loss nor anything else in the file."""
    backwards = [event for path in turns.off for event in path if event.act is Act.BACKWARD]
    if not turns.count or not all(event.plain for event in backwards):
        return False
    if turns.count.isdigit():
        return int(turns.count) > 1
    name = re.escape(turns.count.rpartition(".")[2])
    text = re.sub(r"len\([^()]*\)\s*/", "", backwards[0].place.file.text)
    return not re.search(rf"(?<!/)/(?!/)=?\s*(float\()?[\w.]*\b{name}\b", text)


def _periodic(body: Events, fork: Fork, optimizer: Optimizer, sole: bool) -> _Turns | None:
    """A step that a condition such as `(i + 1) % k == 0` lets through."""
    if fork.period is None or fork.period == "1" or fork.key is None:
        return None
    arms = [paths(body, given=(fork.key, index)) for index in range(len(fork.arms))]
    quiet = [not any(e.act is Act.STEP or _hides(e, optimizer) for path in arm for e in path) for arm in arms]
    if quiet.count(True) != 1:
        return None
    on = [path for arm, silent in zip(arms, quiet, strict=True) if not silent for path in arm]
    off = [path for path in arms[quiet.index(True)] if _learns(path, optimizer, sole)]
    steps = [event for path in on for event in path if event.act is Act.STEP and event.optimizer is optimizer]
    added = {id(event) for path in off for event in path if event.act is Act.BACKWARD}
    alike = all(id(event) in added for path in on for event in path if event.act is Act.BACKWARD)
    if not off or not steps or not alike or any(_hides(event, optimizer) for path in on for event in path):
        return None
    return _Turns(optimizer, sole, off, steps[0], fork.period, body)


def _nested(block: Events, optimizer: Optimizer, sole: bool) -> Iterator[_Turns]:
    """An inner loop that adds up, and a step after it."""
    for index, loop in enumerate(block):
        if not isinstance(loop, Loop) or not accumulates(loop):
            continue
        inside = list(happenings(loop.events))
        if any(event.act is Act.STEP or _hides(event, optimizer) for event in inside):
            continue
        step = next_step(block[index + 1 :], optimizer)
        if step is None or step.text.partition(".")[0] in bound_in(loop):
            continue
        off = [path for path in paths(loop.events) if _learns(path, optimizer, sole)]
        if off and not any(_ends_cleared(path, optimizer) for path in off) and _repeats(loop, off, optimizer):
            yield _Turns(optimizer, sole, off, step, count_of(loop), loop.events)


def _repeats(loop: Loop, off: list[Path], optimizer: Optimizer) -> bool:
    """Whether each turn is about this optimizer; loops over networks and their optimizers are written out in full."""
    if not loop.unrolled:
        return True
    clears = [sum(e.act is Act.CLEAR and e.optimizer is optimizer for e in path) for path in off]
    return all(count != 1 for count in clears)


def _ends_cleared(path: Path, optimizer: Optimizer) -> bool:
    """Whether the last that a turn does is to clear: another mistake, if it is one."""
    own = [e.act for e in path if concerns(e, optimizer) and e.act in (Act.CLEAR, Act.BACKWARD)]
    return own[-1] is Act.CLEAR


def _hides(event: Happening, optimizer: Optimizer) -> bool:
    return event.act in HIDDEN and concerns(event, optimizer)


def _learns(path: Path, optimizer: Optimizer, sole: bool) -> bool:
    own = [event for event in path if event.act is Act.BACKWARD and concerns(event, optimizer)]
    return any(event.certain and (sole or surely_concerns(event, optimizer)) for event in own)


def _forks(events: Events) -> Iterator[Fork]:
    """The branches of a turn, those of inner loops apart."""
    for event in events:
        if isinstance(event, Fork):
            yield event
            for arm in event.arms:
                yield from _forks(arm.events)
        elif isinstance(event, Scope):
            yield from _forks(event.events)

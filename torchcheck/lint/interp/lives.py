"""From the events of an entry point to the lives of its schedulers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.facts.scheduler import SchedulerUsed, ScheduleStep, Unit
from torchcheck.facts.step import Act
from torchcheck.lint.fixes import move_behind
from torchcheck.lint.interp.escapes import is_left_alone
from torchcheck.lint.interp.events import Event, Events, Fork, Happening, Loop, Scope
from torchcheck.lint.interp.paths import happenings
from torchcheck.lint.interp.schedulers import BuiltScheduler, optimizer_under
from torchcheck.lint.interp.torch_values import Optimizer
from torchcheck.lint.interp.traces import Run
from torchcheck.lint.interp.units import better, loop_unit
from torchcheck.lint.source import SourceFile
from torchcheck.lint.torch_tables import SCHEDULER_NAME

_CLEARLY_EPOCHS = 100
"""A step size of so few batches lets the learning rate vanish within an epoch or two."""

Around = tuple[Event, ...]


def scheduler_lives(run: Run, turns: dict[Any, Any]) -> Iterator[tuple[SourceFile, SchedulerUsed]]:
    """Every scheduler that an entry point builds or steps.

    Args:
        turns: how often loops turn, by `("turns", statement)`.
    """
    walked = list(walk(run.events, ()))
    schedulers = dict.fromkeys(run.schedulers)
    schedulers |= dict.fromkeys(e.scheduled.scheduler for e, _ in walked if e.scheduled is not None)
    for scheduler in schedulers:
        yield scheduler.place.file, _life(run, scheduler, walked, turns)


def walk(events: Events, around: Around) -> Iterator[tuple[Happening, Around]]:
    """Every act, with the loops and branches around it; a branch is stood for by its arm's events."""
    for event in events:
        if isinstance(event, Happening):
            yield event, around
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from walk(arm.events, (*around, Fork(event.key, [arm])))
        elif isinstance(event, Loop):
            yield from walk(event.events, (*around, event))
        elif isinstance(event, Scope):
            yield from walk(event.events, around)


def _life(
    run: Run, scheduler: BuiltScheduler, walked: list[tuple[Happening, Around]], turns: dict[Any, Any]
) -> SchedulerUsed:
    optimizer = optimizer_under(scheduler)
    own = [(e, around) for e, around in walked if e.scheduled is not None and e.scheduled.scheduler is scheduler]
    steps = [_step(event, around, optimizer, walked) for event, around in own]
    span = scheduler.unit or _literal_unit(scheduler, own, optimizer, turns)
    return SchedulerUsed(
        kind=scheduler.kind,
        spelling=scheduler.spelling,
        name=scheduler.name or scheduler.spelling,
        place=scheduler.place,
        optimizer=optimizer.name if optimizer is not None else "optimizer",
        steps=steps,
        forgotten=not own and _is_forgotten(run, scheduler, optimizer, walked),
        span=span,
        span_text=scheduler.span_text,
        mode=scheduler.numbers.get("mode"),
        factor=scheduler.numbers.get("factor"),
        factor_name=scheduler.numbers.get("factor_name", ""),
    )


def _step(
    event: Happening, around: Around, optimizer: Optimizer | None, walked: list[tuple[Happening, Around]]
) -> ScheduleStep:
    assert event.scheduled is not None
    ahead = not event.scheduled.has_argument and _next_step(event, around, optimizer, walked)
    argument = event.scheduled.argument
    return ScheduleStep(
        place=event.place,
        unit=None if event.scheduled.has_argument else _unit(around, optimizer),
        fed=event.scheduled.argument_text,
        better=better(argument, event.scheduled.scope),
        ahead=bool(ahead),
        move=_mover(event, ahead, around) if ahead else no_fix,
    )


def _mover(event: Happening, step: Happening, around: Around) -> FixMaker:
    loop = next(outer for outer in reversed(around) if isinstance(outer, Loop))
    return move_behind(event, step, loop)


def _unit(around: Around, optimizer: Optimizer | None) -> Unit | None:
    """How often an act happens, by the loops around it; None under a condition that has nothing to do with it."""
    for outer in reversed(around):
        if isinstance(outer, Fork) and not _is_about_scheduler(outer) and not _steps(outer.arms[0].events, optimizer):
            return None
        if not isinstance(outer, Loop):
            continue
        unit = loop_unit(outer.statement)
        if unit is Unit.BATCH:
            return unit if _steps(outer.events, optimizer) else None
        return unit if unit is not None and _has_batches(outer.events, optimizer) else None
    return None


def _has_batches(events: Events, optimizer: Optimizer | None) -> bool:
    """Whether an optimizer steps in an inner loop over batches."""
    return any(loop_unit(loop.statement) is Unit.BATCH and _steps(loop.events, optimizer) for loop in _loops(events))


def _loops(events: Events) -> Iterator[Loop]:
    for event in events:
        if isinstance(event, Loop):
            yield event
            yield from _loops(event.events)
        elif isinstance(event, Scope):
            yield from _loops(event.events)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from _loops(arm.events)


def _steps(events: Events, optimizer: Optimizer | None) -> bool:
    return any(is_step_of(event, optimizer) for event in happenings(events))


def is_step_of(event: Happening, optimizer: Optimizer | None) -> bool:
    """Whether an act is a step of an optimizer."""
    if event.act is not Act.STEP or event.optimizer is None or optimizer is None:
        return False
    return event.optimizer is optimizer or optimizer in event.optimizer.parts


def _is_about_scheduler(fork: Fork) -> bool:
    """`if scheduler is not None:`, and whatever else asks only for the scheduler."""
    flag = (fork.key or "").partition(" @")[0]
    return flag.replace(".", "").isidentifier() and SCHEDULER_NAME.search(flag.rpartition(".")[2]) is not None


def _next_step(
    event: Happening, around: Around, optimizer: Optimizer | None, walked: list[tuple[Happening, Around]]
) -> Happening | None:
    """The optimizer's step that follows a scheduler's in every turn, where none has come before."""
    at = next(i for i, (other, _) in enumerate(walked) if other is event)
    loop = next((i for i, outer in reversed(list(enumerate(around))) if isinstance(outer, Loop)), None)
    if loop is None or optimizer is None or not optimizer.built:
        return None
    if any(isinstance(outer, Fork) and not _is_about_scheduler(outer) for outer in around[loop:]):
        return None
    if any(_may_step(other, optimizer) for other, _ in walked[:at]):
        return None
    turn = around[loop]
    later = [other for other, outside in walked[at:] if turn in outside and is_step_of(other, optimizer)]
    return later[0] if later else None


def _may_step(event: Happening, optimizer: Optimizer) -> bool:
    if event.act is Act.STEP:
        return event.optimizer is None or is_step_of(event, optimizer)
    is_built = optimizer.place is not None and event.place.node is optimizer.place.node
    concerns = event.optimizer is optimizer or (event.optimizer is None and not event.text)
    return event.act is Act.UNKNOWN and concerns and not is_built


def _literal_unit(
    scheduler: BuiltScheduler, own: list[tuple[Happening, Around]], optimizer: Optimizer | None, turns: dict[Any, Any]
) -> Unit | None:
    """What a length counts that is a plain number: epochs, where it fits their number and batches would be absurd."""
    numbers = scheduler.numbers.get("span", ())
    epochs = [
        turns.get(("turns", outer.statement))
        for _, around in own
        for outer in around
        if isinstance(outer, Loop) and loop_unit(outer.statement) is Unit.EPOCH
    ]
    if not numbers or not epochs:
        return None
    last, count = max(numbers), epochs[0]
    kind = scheduler.kind.rpartition(".")[2]
    if kind == "CosineAnnealingLR":
        return Unit.EPOCH if count is not None and last == count > 1 else None
    factor = scheduler.numbers.get("factor")
    if kind not in ("StepLR", "MultiStepLR") or factor is None or factor > 0.5:
        return None
    return Unit.EPOCH if 1 < last <= (count if count is not None else _CLEARLY_EPOCHS) else None


def _is_forgotten(
    run: Run, scheduler: BuiltScheduler, optimizer: Optimizer | None, walked: list[tuple[Happening, Around]]
) -> bool:
    """Whether its optimizer trains here, and nothing can step it: it was dropped, or got a name that nobody reads."""
    if not scheduler.kept or scheduler not in run.schedulers or optimizer is None:
        return False
    trains = any(is_step_of(e, optimizer) and any(isinstance(o, Loop) for o in around) for e, around in walked)
    return trains and is_left_alone(scheduler.place.file, scheduler.place.node, scheduler.name, whole=run.top)

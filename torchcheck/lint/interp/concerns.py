"""Which acts and blocks have to do with which optimizer."""

from __future__ import annotations

from collections.abc import Iterator

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.events import Events, Fork, Happening, Loop, Scope
from torchcheck.lint.interp.paths import paths
from torchcheck.lint.interp.periods import ACCUMULATES
from torchcheck.lint.interp.scope import assigned_names, target_names
from torchcheck.lint.interp.spelling import spell
from torchcheck.lint.interp.torch_values import Optimizer

HIDDEN = (Act.UNKNOWN, Act.BY_HAND)
"""Acts after which nothing is known of the gradients."""


def concerns(event: Happening, optimizer: Optimizer) -> bool:
    """Whether an act may have to do with the gradients of an optimizer."""
    if event.optimizer is not None:
        return (
            event.optimizer is optimizer
            or optimizer in event.optimizer.parts
            or (event.act is Act.CLEAR and _share_a_name(event.optimizer, optimizer))
        )
    if not event.deps:
        return True  # a backward reaches something: here it is a leaf that was not followed
    return 0 in event.deps or 0 in optimizer.owners or not event.deps.isdisjoint(optimizer.owners)


def _share_a_name(one: Optimizer, other: Optimizer) -> bool:
    """Two that are known by their name alone, which is the same: `opt` in two loops over the same list."""
    return not one.built and not other.built and one.name == other.name


def surely_concerns(event: Happening, optimizer: Optimizer) -> bool:
    """Whether an act has surely to do with the gradients of an optimizer."""
    return event.optimizer is optimizer or not (event.deps & optimizer.owners) <= {0}


def begins_anew(optimizer: Optimizer, first: int) -> bool:
    """Whether all its weights were made since the number `first`: in this turn, with no gradients of an earlier one."""
    return first > 0 and min(optimizer.owners, default=0) >= first


def next_step(rest: Events, optimizer: Optimizer) -> Happening | None:
    """The step that comes next, with nothing before it that changes the gradients."""
    for path in paths(rest):
        for event in path:
            if not concerns(event, optimizer):
                continue
            if event.act is Act.STEP and event.optimizer is optimizer and event.certain:
                return event
            if event.act in (Act.BACKWARD, Act.CLEAR, *HIDDEN):
                return None
    return None


def loops_of(events: Events) -> Iterator[Loop]:
    """All loops, inner ones first."""
    for event in events:
        if isinstance(event, Loop):
            yield from loops_of(event.events)
            yield event
        elif isinstance(event, Scope):
            yield from loops_of(event.events)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from loops_of(arm.events)


def accumulates(loop: Loop) -> bool:
    """Whether a loop is there to add up gradients, by the names of its variable or of the number of its turns."""
    names = (name for name in (count_of(loop), *bound_in(loop)) if "loss" not in name)
    return any(ACCUMULATES.search(name) for name in names)


def count_of(loop: Loop) -> str:
    """The `k` of `range(k)`; empty where the loop is over anything else."""
    call = loop.statement.iterable if isinstance(loop.statement, ir.For) else None
    if isinstance(call, ir.Call) and isinstance(call.func, ir.Name) and call.func.id == "range" and len(call.args) == 1:
        return spell(call.args[0].value)
    return ""


def bound_in(loop: Loop) -> set[str]:
    """The names that differ from turn to turn."""
    if not isinstance(loop.statement, ir.For):
        return set()
    return {*target_names(loop.statement.target), *assigned_names(loop.statement.body)}


def blocks(events: Events) -> Iterator[Events]:
    """Every block of a tree."""
    yield events
    for event in events:
        if isinstance(event, Loop | Scope):
            yield from blocks(event.events)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from blocks(arm.events)

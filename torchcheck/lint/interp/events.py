"""What happened to gradients, as a tree: in sequence, in the arms of a branch, in loops, in calls."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.passes import Lone
from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.torch_values import ANYTHING, Deps, Mode, Optimizer
from torchcheck.lint.interp.values import Value
from torchcheck.lint.source import NodePlace
from torchcheck.records import record

if TYPE_CHECKING:
    from torchcheck.lint.interp.schedulers import Scheduled


@record(eq=False)
class Happening:
    """One act.

    Attributes:
        optimizer: whose; None when it concerns every optimizer whose modules are in `deps`.
        deps: the modules concerned.
        statement: the statement that it is part of, and `frame` the function call that this ran in.
        text: the optimizer as that statement writes it.
        certain: False for what only excuses.
        scaled: as in `facts.step.Event`.
        plain: of a backward: the loss is the mean of a batch, surely not divided by anything.
        scaler: the gradient scaler that takes part, as that statement writes it.
        scheduled: the scheduler that stepped, if that is known.
    """

    act: Act
    place: NodePlace
    statement: ir.Stmt
    frame: object
    optimizer: Optimizer | None = None
    deps: Deps = ANYTHING
    text: str = ""
    certain: bool = True
    scaled: bool | None = None
    scaler: str = ""
    scheduled: Scheduled | None = None
    plain: bool = False


@record(eq=False)
class Arm:
    """One arm of a branch, and how it leaves: None when it goes on after the branch."""

    events: Events
    exit: str | None = None


@record(eq=False)
class Fork:
    """A branch. Of two forks with equal keys the same arm is taken; arm 0 is where the condition holds.

    `clears` is what stands for a branch that only clears (see `paths`); `period` is the `k` of a branch that comes
    round every `k` turns, as the user writes it.
    """

    key: str | None
    arms: list[Arm]
    clears: list[Happening] | None = None
    period: str | None = None


@record(eq=False)
class Loop:
    """A loop.

    Attributes:
        events: of one turn that stands for any number; where it was `unrolled`, of all turns.
        iterable: what it goes over, and `over` the same as it is written.
        first: the number that the first module gets which is built inside of it.
        turns: how many turns stand in its events, one after the other.
    """

    events: Events
    place: NodePlace
    statement: ir.Stmt | ir.Expr
    unrolled: bool = False
    iterable: Value | None = None
    over: str = ""
    first: int = 0
    turns: int = 1


@record(eq=False)
class Scope:
    """The body of a called function: a return leaves it and nothing more."""

    events: Events


@record(eq=False)
class Exit:
    kind: str


@record(eq=False)
class GradientRead:
    """Somebody looked at a gradient, of a tensor with these `deps`: it may be what the backward was for."""

    deps: Deps


@record(eq=False)
class LossMade:
    """A loss was computed."""


@record(eq=False)
class Handed:
    """A loss or a model was given to something that is not followed: it may have computed gradients."""


@record(eq=False)
class Forward:
    """A model was called, from outside of any other model.

    Attributes:
        model: what was called; a `Symbol` where nobody saw it built.
        name: as the call writes it, and `inputs` the same of its arguments.
        functions: the names of the functions that it ran in and of their classes, outermost first.
        noisy: the kinds of layers in it that are surely in training mode, and act otherwise there.
        drifting: number and path of the batch norms in it that are surely frozen, and in training mode.
        thawed: the numbers of all modules that were unfrozen, before or after.
        recorded: whether autograd recorded it.
        used: somebody takes the result.
        bypass: a wrapper that synchronises gradients was passed by.
        lone: the batch norm in it that met a batch of one in training mode.
    """

    model: Value
    name: str
    inputs: str
    place: NodePlace
    functions: tuple[str, ...]
    mode: Mode
    noisy: tuple[str, ...]
    drifting: tuple[tuple[int, str], ...]
    thawed: Set[int]
    recorded: bool | None
    used: bool
    bypass: bool
    lone: Lone | None = None


@record(eq=False)
class ModeSet:
    """A mode was set, of a model and all these parts of it, by identity. None when it is not known which mode."""

    model: Value
    parts: frozenset[int]
    training: bool | None
    place: NodePlace


Event = Happening | Fork | Loop | Scope | Exit | GradientRead | LossMade | Handed | Forward | ModeSet
Events = list[Event]


def has_acts(events: Events) -> bool:
    """Whether anything happens to gradients, or only branches and loops are left without it."""
    return any(isinstance(event, Happening | GradientRead) for event in flat(events))


def flat(events: Events) -> Iterator[Happening | GradientRead | LossMade | Handed | Exit | Forward | ModeSet]:
    """Everything in a tree that is no branch or block itself."""
    for event in events:
        if isinstance(event, Loop | Scope):
            yield from flat(event.events)
        elif isinstance(event, Fork):
            for arm in event.arms:
                yield from flat(arm.events)
        else:
            yield event


def without_modes(events: Events) -> Events:
    """The same tree without forwards and modes, for those who only ask what happens to gradients."""
    kept: Events = []
    for event in events:
        if isinstance(event, Fork):
            arms = [Arm(without_modes(arm.events), arm.exit) for arm in event.arms]
            if any(arm.events or arm.exit for arm in arms):
                kept.append(Fork(event.key, arms))
        elif isinstance(event, Loop):
            if inner := without_modes(event.events):
                kept.append(replace(event, events=inner))
        elif isinstance(event, Scope):
            inner = without_modes(event.events)
            if any(not isinstance(part, Exit) for part in flat(inner)):
                kept.append(Scope(inner))
        elif not isinstance(event, Forward | ModeSet):
            kept.append(event)
    return kept

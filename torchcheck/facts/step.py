"""In what order a training step happens, seen from the gradients of one optimizer."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


class Act(enum.Enum):
    """What can happen to the gradients that an optimizer owns."""

    __hash__ = object.__hash__  # an enum's own is a Python function, and the probes ask for it on every step
    BACKWARD = "backward"  # gradients were added
    STEP = "step"  # the optimizer used them
    CLEAR = "clear"  # zeroed or set to None, by whatever means
    CLIP = "clip"  # shrunk to a norm or a range
    UNSCALE = "unscale"  # freed from the factor of a gradient scaler
    UPDATE_SCALE = "update scale"  # the gradient scaler chose its next factor
    SCHEDULE = "schedule"  # the learning-rate scheduler stepped
    BY_HAND = "by hand"  # weights were changed without the optimizer
    UNKNOWN = "unknown"  # something the lens can't see through: it may have been any of the above


@frozen
class Event:
    """One act, where it happened, and how many optimizer steps were done by then (None for the linter).

    `certain` is False for an act that only some executions reach; such an act never accuses, but excuses.
    `scaled` says of a backward whether its loss carried the factor of a gradient scaler, of a step whether it went
    through one; None where that is not known.
    """

    act: Act
    place: Place
    step: int | None = None
    certain: bool = True
    scaled: bool | None = None


@frozen(kw_only=True)
class StepTrace:
    """What happened, in order, to the gradients of one optimizer.

    The linter gives a possible path through a training loop, twice over; the probes give what happened since the
    last look.

    Attributes:
        events: in order. A backward that reaches no parameter of this optimizer is not among them.
        optimizer: as the user calls it (`optimizer`, `self.opt_d`), or its class.
        never_steps: the lens knows that no other part of the program steps this optimizer between these events, so
            that their silence about steps means something.
        starved: nothing in the program computes gradients for this optimizer, and nobody unseen is given what they
            could be computed from.
        insert_clear: an edit that clears the gradients ahead of the backward.
        move_clear: an edit that moves the clearing from between backward and step to ahead of the backward.
        insert_unscale: an edit that unscales the gradients ahead of the clipping.
    """

    events: Sequence[Event]
    optimizer: str
    never_steps: bool = False
    starved: bool = False
    insert_clear: FixMaker = no_fix
    move_clear: FixMaker = no_fix
    insert_unscale: FixMaker = no_fix

"""What a pass of data through a model was for, and how it was done."""

from __future__ import annotations

import enum

from torchcheck.facts.place import Place
from torchcheck.records import frozen


class Phase(str, enum.Enum):
    """What a program does with a model for a while."""

    TRAINING = "training"
    VALIDATION = "validation"  # it looks at how well the model does, after some training
    EVALUATION = "evaluation"  # it looks, and has not trained so far
    GENERATION = "generation"


class Purpose(enum.Enum):
    """What a pass is for."""

    TRAINING = "training"  # a backward follows
    EVALUATION = "evaluation"  # its results are looked at, and nothing learns from them


@frozen(kw_only=True)
class Lone:
    """A batch norm in training mode met a batch of one; with `last`, the last batch of a loader."""

    norm: str
    last: bool


@frozen(kw_only=True)
class Pass:
    """A model was called, usually once for each batch of a loader.

    Attributes:
        purpose: None when not known.
        place: the call.
        model: as the user calls it.
        training: the mode that the model was in; None when not known.
        noisy: the kinds of layers in it that were surely in training mode, and act otherwise there.
        recorded: whether autograd recorded it; None when not known.
        whole: it goes over a whole data set, not over a batch in between; of several that a loop records, the first.
        left_at: where the model was put in evaluation mode by an evaluation that came before, between two passes for
            training; None where that did not happen.
        drifting: the paths of batch norms whose parameters are frozen, and that were in training mode.
        mode_place: where its mode was set last; None where it never was.
        bypass: a wrapper that synchronises the gradients of several processes was passed by.
        lone: the batch norm in it that met a batch of one.
    """

    purpose: Purpose | None
    place: Place
    model: str
    training: bool | None = None
    noisy: tuple[str, ...] = ()
    recorded: bool | None = None
    whole: bool = False
    left_at: Place | None = None
    drifting: tuple[str, ...] = ()
    mode_place: Place | None = None
    bypass: bool = False
    lone: Lone | None = None

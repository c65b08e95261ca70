"""The life of a learning-rate scheduler: what it was built with, and where it steps."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


class Unit(enum.Enum):
    """What is counted: turns over the whole data, or batches."""

    EPOCH = "epoch"
    BATCH = "batch"


class Better(enum.Enum):
    """Which way a metric improves."""

    HIGHER = "higher"
    LOWER = "lower"


@frozen(kw_only=True)
class ScheduleStep:
    """One place where a scheduler steps.

    Attributes:
        unit: how often that is; None when not known, or when an epoch is one batch.
        fed: the argument as the user writes it; empty without one.
        better: which way that metric improves; None when not known.
        ahead: it comes in each turn before the optimizer's step, and nothing has stepped the optimizer before.
        move: an edit that moves it behind the optimizer's step.
    """

    place: Place
    unit: Unit | None = None
    fed: str = ""
    better: Better | None = None
    ahead: bool = False
    move: FixMaker = no_fix


@frozen(kw_only=True)
class SchedulerUsed:
    """A scheduler that was seen to be built, and everything that it is seen to do.

    Attributes:
        kind: full dotted name of its class or factory.
        spelling: the same as the user writes it.
        name: as the user calls it; its class where it has no name.
        place: the construction.
        optimizer: the optimizer's name.
        steps: the places where it steps.
        forgotten: the optimizer trains in a loop, and nothing can step this scheduler.
        span: what its length counts (`T_max`, `step_size`, `num_training_steps`); None when not known.
        span_text: that argument as the user writes it, `T_max=epochs`.
        mode: of `ReduceLROnPlateau`, `min` or `max`.
        factor: what the learning rate is multiplied by, where it is a constant.
        factor_name: the argument that holds it.
    """

    kind: str
    spelling: str
    name: str
    place: Place
    optimizer: str = "optimizer"
    steps: Sequence[ScheduleStep] = ()
    forgotten: bool = False
    span: Unit | None = None
    span_text: str = ""
    mode: str | None = None
    factor: float | None = None
    factor_name: str = ""

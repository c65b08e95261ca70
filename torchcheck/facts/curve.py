"""A learning curve: how losses and a metric went over a training. Told by the probes, or read from a log."""

from __future__ import annotations

from collections.abc import Sequence

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class Series:
    """One quantity over time, finite numbers only.

    Attributes:
        name: as the user calls it: a variable, or the column of a log.
        steps: where on the time axis each value stands; they never fall.
        values: as many.
        place: the line that made it; the row of a log at which it ends.
    """

    name: str
    steps: Sequence[float]
    values: Sequence[float]
    place: Place


@frozen(kw_only=True)
class Curve:
    """What is known of one training.

    Attributes:
        training: its loss.
        validation: the loss on data that it doesn't learn from.
        metric: a score there, as a part of 1 and better when higher: an accuracy.
        rates: its learning rate.
        unit: what the time axis counts: `step`, `epoch` or `row`.
        samples: how many samples a validation looks at.
        comparable: training and validation loss are the same formula; None where nobody knows.
        regularised: what makes training harder than validation (`dropout`); None where nobody knows.
        averaged: a training loss is the mean of an epoch, while the weights moved.
        chance: the loss of a model that looks at no input.
        ended_at: the step from which on the training loss is NaN or infinite.
        live: seen in a run that was not made to be looked at; a log is shown on purpose.
    """

    training: Series | None = None
    validation: Series | None = None
    metric: Series | None = None
    rates: Series | None = None
    unit: str = "step"
    samples: int | None = None
    comparable: bool | None = None
    regularised: tuple[str, ...] | None = None
    averaged: bool = False
    chance: float | None = None
    ended_at: float | None = None
    live: bool = False

"""Parameters that an optimizer has and that never change. Measured by the probes."""

from __future__ import annotations

import enum

from torchcheck.facts.place import Place
from torchcheck.records import frozen


class Stillness(enum.Enum):
    """Why a parameter stays as it is."""

    NEVER_CALLED = "no step calls its module"
    UNUSED = "its module runs, and nothing of it reaches the loss"
    LOST = "it gets gradients, and the steps leave it as it is"


@frozen(kw_only=True)
class StillParameters:
    """A module, or a parameter, that an optimizer steps and that is as it was at the start.

    Attributes:
        name: as the user calls it.
        stillness: why.
        parameter: it is a single parameter.
        optimizer: the user's name of the optimizer.
        place: where it is put into its module; of what gets gradients, and where that is not found, the optimizer's
            construction or first step.
        dtype: of its weights, `bfloat16`.
        learning_rate: the largest that it has been stepped with; None where it gets no gradient.
        step: optimizer steps done.
    """

    name: str
    stillness: Stillness
    parameter: bool
    optimizer: str
    place: Place
    dtype: str
    learning_rate: float | None
    step: int

"""What an optimizer does in a program: what it trains, what it should and doesn't, and with which learning rate."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from torchcheck.facts.place import Place
from torchcheck.facts.scheduler import Unit
from torchcheck.patterns import pattern
from torchcheck.records import frozen

ON_PURPOSE = pattern(
    r"(?i)teach|target|(^|[._])(ema|old|ref|prior|base|frozen|fixed|oracle|random|reservoir)([._]|$)|freez|pretrain|"
    r"vgg|lpips|percept|momentum|reference|victim|surrogate|average|shadow"
)
"""Names of models that take part in a loss and are not meant to learn from it."""


class Lost(enum.Enum):
    """Why an optimizer doesn't own what takes part in the loss."""

    MISSING = "missing"  # it was not given to any optimizer
    ADDED = "added"  # it was put into the model after the optimizer was built
    REPLACED = "replaced"  # it took the place of something that the optimizer owns


@frozen(kw_only=True)
class Unowned:
    """A trainable module, or parameter, that takes part in the loss and belongs to no optimizer.

    Attributes:
        name: as the user calls it, `model.head`.
        place: where it is given its place in the model; of one that is merely missing, the optimizer's construction;
            None where it is not known.
    """

    name: str
    lost: Lost
    place: Place | None


@frozen(kw_only=True)
class OptimizerUsed:
    """An optimizer that was seen to be built and trains in a loop.

    Attributes:
        kind: full dotted name of its class.
        name: as the user calls it.
        place: its construction.
        unowned: what it should train and doesn't.
        rebuilt: it is built anew in each epoch, or for each batch, for a model that lives on.
        learning_rate: where it is one number, and nothing is seen that could change it; else None.
        schedulers: kinds of the schedulers that change its learning rate, where all that could are known; else None.
        attention: the user's name of an attention layer that it trains; None without one.
    """

    kind: str
    name: str
    place: Place
    unowned: Sequence[Unowned] = ()
    rebuilt: Unit | None = None
    learning_rate: float | None = None
    schedulers: Sequence[str] | None = None
    attention: str | None = None

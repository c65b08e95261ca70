"""How the gradients of several backwards are added up for one step."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class Accumulation:
    """A loop whose every turn computes gradients, and a step that comes after several turns.

    Attributes:
        optimizer: as the user calls it, or its class.
        backward: the backward of each turn.
        step: the step that comes round now and then, or after the loop.
        turns: how many backwards there are for a step, as the user writes it; None when not known.
        divided: whether the losses, the gradients or the learning rate are divided by that; None when not known.
        clear: where the gradients of this optimizer are cleared in every turn; None when they aren't.
        clip: where they are clipped in every turn; None when they aren't.
    """

    optimizer: str
    backward: Place
    step: Place
    turns: str | None = None
    divided: bool | None = None
    clear: Place | None = None
    clip: Place | None = None

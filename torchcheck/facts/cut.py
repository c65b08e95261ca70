"""Losses through which no gradient flows, as a whole or in one of their terms."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class LossCut:
    """A backpropagated loss, or a term of it, that was computed past the graph.

    Attributes:
        place: where the gradient was lost.
        by: what lost it, as the user writes it: `argmax`, `.item()`, `torch.tensor`, `a comparison`.
        name: what lost it was applied to this, as the user writes it; None where that is long.
        whole: nothing of the loss carries a gradient; otherwise one term of a sum does not.
    """

    place: Place
    by: str
    name: str | None
    whole: bool


@frozen(kw_only=True)
class LossRewrapped:
    """A loss that is made a leaf of its own, so that it can be backpropagated, to nothing.

    Attributes:
        place: where.
        by: how, as the user writes it: `Variable(..., requires_grad=True)`, `requires_grad_()`.
        name: the loss as the user writes it.
    """

    place: Place
    by: str
    name: str


@frozen(kw_only=True)
class GradientCut:
    """A cut on the only way from trained modules to the loss.

    Attributes:
        place: the cut.
        by: as in `LossCut`: `.detach()`, `torch.no_grad()`.
        modules: the modules that ran before it and that no gradient can reach, as the user calls them.
    """

    place: Place
    by: str
    modules: tuple[str, ...]

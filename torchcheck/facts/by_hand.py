"""Weights that are updated by hand where autograd sees it."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class UpdatedByHand:
    """An update of a weight outside `no_grad`, as `w -= lr * w.grad`.

    Attributes:
        name: the weight as the user writes it.
        place: the update.
        rebound: the name is bound to a new tensor, `w = w - lr * w.grad`; otherwise the weight is changed in place.
    """

    name: str
    place: Place
    rebound: bool

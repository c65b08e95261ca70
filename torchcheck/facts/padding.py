"""Padding that takes part in a loss. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class PaddingCounted:
    """A loss for classes that counts positions whose input is padding.

    Attributes:
        spelling: the loss as the user writes it, `nn.CrossEntropyLoss`.
        padding: the id that the embedding knows as padding.
        label: the class that stands as target at every such position.
        padded: how many there are in this batch.
        counted: how many targets the batch has.
        batches: sampled batches of this call so far in which it was so.
        place: the loss call.
        step: optimizer steps done.
    """

    spelling: str
    padding: int
    label: int
    padded: int
    counted: int
    batches: int
    place: Place
    step: int

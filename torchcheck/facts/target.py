"""The targets that a loss was given, over the sampled batches. Measured by the probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torchcheck.facts.loss import Loss
from torchcheck.facts.place import Place


@dataclass(frozen=True, slots=True)
class TargetBatch:
    """One batch of targets.

    Attributes:
        count: how many there are, leaving out those that the loss ignores.
        low, high: smallest and largest value.
        whole: every value is a whole number.
        off_sum: part of the rows that don't sum to 1, for targets that are probabilities of classes; else None.
        row_sum: the sum that lies farthest from 1.
    """

    count: int
    low: float
    high: float
    whole: bool
    off_sum: float | None = None
    row_sum: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsSeen:
    """The targets of one loss call, over the sampled batches so far.

    Attributes:
        loss: which loss.
        spelling: as the user writes it, `nn.CrossEntropyLoss`.
        name: the target as the user writes it; None where that can't be told.
        dtype: as in `int64`.
        shape: of the newest batch.
        classes: how many the loss tells apart; None where it knows no classes.
        batches: oldest first, 16 at most.
        place: the loss call.
        step: optimizer steps done.
    """

    loss: Loss
    spelling: str
    name: str | None
    dtype: str
    shape: tuple[int, ...]
    classes: int | None
    batches: Sequence[TargetBatch]
    place: Place
    step: int

    @property
    def subject(self) -> str:
        """The target at the head of a sentence."""
        return f"`{self.name}`" if self.name else f"The target of `{self.spelling}`"

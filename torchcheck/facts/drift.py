"""A frozen layer that changes while others train."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class FrozenDrift:
    """A batch norm whose parameters are frozen ran in training mode, and its running statistics moved.

    Attributes:
        name: of the largest frozen part that it belongs to, as the user calls it.
        norm: of the batch norm itself.
        place: where the model was called.
        step: optimizer steps done when it was first seen to have moved.
        moves: how many times it was seen to have moved.
    """

    name: str
    norm: str
    place: Place
    step: int
    moves: int

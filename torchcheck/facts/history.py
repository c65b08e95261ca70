"""Losses that are collected over the turns of a loop together with their graphs."""

from __future__ import annotations

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


@frozen(kw_only=True)
class GraphKept:
    """A statement of a loop that collects a loss without cutting it from its graph, and nothing learns from the sum.

    Attributes:
        place: the statement.
        collector: what it is collected in, as the user writes it: `total_loss`, `history["train"]`.
        collected: what is collected, as the user writes it: `loss`.
        summed: it is added up; otherwise it is put into a list.
        detach: an edit that collects `loss.detach()`.
    """

    place: Place
    collector: str
    collected: str
    summed: bool
    detach: FixMaker = no_fix

"""Graphs that outlive their backward."""

from __future__ import annotations

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


@frozen(kw_only=True)
class GraphRetained:
    """A backward that keeps its graph, in a training loop whose every turn makes a new graph and uses it up once.

    Attributes:
        place: the backward.
        loss: what is backpropagated, as the user calls it; None where that is not known.
        release: an edit that lets the backward free the graph.
    """

    place: Place
    loss: str | None
    release: FixMaker = no_fix

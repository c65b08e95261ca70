"""In which order a forward pass uses the weights of a model."""

from __future__ import annotations

from torch import Tensor

from torchcheck.probe.graph import LEAF, nodes

_GRAPHS = 4
"""Graphs that are looked at: those of the first sampled steps, several where several models train."""


class WeightOrder:
    """The places of weights in the forward pass, learned from the first graphs."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._left = _GRAPHS

    def learn(self, loss: Tensor) -> None:
        """Look at the graph of a loss, if it is among the first ones."""
        if not self._left or loss.grad_fn is None:
            return
        self._left -= 1
        for node in nodes(loss.grad_fn):
            for child, _ in node.next_functions:
                if child is not None and child.name() == LEAF and child.variable.dim() > 1:
                    place = node._sequence_nr()
                    self._places[id(child.variable)] = min(place, self._places.get(id(child.variable), place))

    def renew(self) -> None:
        """Another optimizer was built: another model may train."""
        self._left = _GRAPHS

    def of(self, weight: Tensor) -> int | None:
        """The place of a weight among all; None where no graph has shown it."""
        return self._places.get(id(weight))

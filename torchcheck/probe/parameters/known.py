"""Which parameters belong to an optimizer, or did once."""

from __future__ import annotations

import gc
from typing import Any
from weakref import ref

import torch
from torch import Tensor

from torchcheck.finding import Span


class Known:
    """The parameters of every optimizer that was seen. Only weak references are kept."""

    def __init__(self) -> None:
        self._owners: dict[int, tuple[ref[Tensor], ref[torch.optim.Optimizer]]] = {}
        self._places: dict[int, tuple[ref[torch.optim.Optimizer], Span]] = {}
        self._searched = False

    def add(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """An optimizer was built, or steps for the first time."""
        known = self._places.get(id(optimizer))
        if known is None or known[0]() is not optimizer:
            self._places[id(optimizer)] = (ref(optimizer), place)
        self._take(optimizer)

    def refresh(self) -> None:
        """Learn of parameters that were given to optimizers since."""
        for optimizer in self.optimizers():
            self._take(optimizer)

    def search(self) -> None:
        """Find the optimizers that were built before the watch began; once."""
        if self._searched:
            return
        self._searched = True
        for thing in gc.get_objects():
            if issubclass(type(thing), torch.optim.Optimizer) and hasattr(thing, "param_groups"):
                self._take(thing)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Those with a known place that are alive."""
        alive = (reference() for reference, _ in self._places.values())
        return [optimizer for optimizer in alive if optimizer is not None]

    def place(self, optimizer: torch.optim.Optimizer) -> Span | None:
        """Where it was built; where that was not seen, where it stepped first."""
        known = self._places.get(id(optimizer))
        return known[1] if known is not None and known[0]() is optimizer else None

    def owner(self, parameter: Tensor) -> torch.optim.Optimizer | None:
        """The optimizer that has a parameter, if it is alive."""
        known = self._owners.get(id(parameter))
        return known[1]() if known is not None and known[0]() is parameter else None

    def has(self, parameter: Tensor) -> bool:
        """Whether any optimizer has a parameter, or had it."""
        known = self._owners.get(id(parameter))
        return known is not None and known[0]() is parameter

    def _take(self, optimizer: Any) -> None:
        reference = ref(optimizer)
        for parameter in parameters_of(optimizer):
            known = self._owners.get(id(parameter))
            if known is None or known[0]() is not parameter or known[1]() is None:
                self._owners[id(parameter)] = (ref(parameter), reference)


def parameters_of(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """What an optimizer trains."""
    return [p for group in optimizer.param_groups for p in group["params"] if isinstance(p, Tensor)]

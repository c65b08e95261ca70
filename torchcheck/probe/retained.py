"""Graphs that a backward keeps, and whether anything goes through them again."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from torch import Tensor

from torchcheck.facts.retained import GraphRetained
from torchcheck.finding import Span
from torchcheck.probe.graph import LEAF, nodes
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.source import receiver

_TURNS = 4  # kept graphs of one line after which it is judged
_numbers = itertools.count()


class Retained(Observer):
    """Marks the nodes of a graph that is kept, and looks for the mark in the graphs of later backwards.

    Looked at are only sampled steps: of the first ten all, so that a use in the next turn is seen.
    """

    facts: ClassVar[tuple[str, ...]] = ("retained",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._key = f"torchcheck_kept_{next(_numbers)}"
        self._turns: Counter[Span] = Counter()
        self._needed: set[Span] = set()

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled or not (self._turns or self.session.retains):
            return
        mine = list(self._nodes(self.session.losses))
        self._see(mine)
        if self.session.retains:
            place = self.session.user_place()
            self._turns[place] += 1
            for node in mine:
                node.metadata[self._key] = place

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        if self._turns:
            self._see(self._nodes(outputs))

    def end(self) -> None:
        for place, turns in self._turns.items():
            if turns >= _TURNS and place not in self._needed:
                fact = GraphRetained(place=place, loss=receiver(place))
                self.session.report(self.session.judge.retained(fact))

    def _nodes(self, tensors: Iterable[Tensor]) -> Iterator[Any]:
        for tensor in tensors:
            if tensor.grad_fn is not None:
                yield from (node for node in nodes(tensor.grad_fn) if node.name() != LEAF)

    def _see(self, found: Iterable[Any]) -> None:
        """What goes through a kept graph again needs it."""
        self._needed.update(node.metadata[self._key] for node in found if self._key in node.metadata)

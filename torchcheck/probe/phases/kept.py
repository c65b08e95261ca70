"""Losses that outlive their steps together with their graphs, and what holds them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor

from torchcheck.facts.history import GraphKept
from torchcheck.finding import Span
from torchcheck.probe.discover import variables
from torchcheck.probe.graph import nodes
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.collectors import collected_in
from torchcheck.probe.session import Session

_STEPS = 3
"""Steps whose graphs are still there: one may be held by the loop's own variable, one by a copy of the best."""

_SCALARS = 8  # nodes at the head of a graph that are marked: the loss may have been scaled or divided for the backward
_WALK = 4000
_REMEMBERED = 64
_numbers = itertools.count()


class _Mark:
    """Lives as long as the graph of one loss."""


class Histories(Observer):
    """Records `GraphKept` facts: graphs of earlier steps that a variable of the user's holds on to."""

    facts: ClassVar[tuple[str, ...]] = ("kept",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._key = f"torchcheck_kept_{next(_numbers)}"
        self._marks: list[tuple[int, ref[_Mark]]] = []
        self._place: Span | None = None
        self._told: set[str] = set()

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled:
            return
        self._place = self.session.user_place()
        self._look()
        for one in self.session.losses:
            if one.grad_fn is not None and one.numel() == 1:
                self._mark(one.grad_fn)

    def end(self) -> None:
        self._look()
        self._marks.clear()

    def _mark(self, root: Any) -> None:
        mark = _Mark()
        for node in itertools.islice(nodes(root, _SCALARS, stop=_is_no_scalar), _SCALARS):
            if not _is_no_scalar(node):
                node.metadata[self._key] = mark
        self._marks = [*self._marks, (self.session.step, ref(mark))][-_REMEMBERED:]

    def _look(self) -> None:
        self._marks = [(step, mark) for step, mark in self._marks if mark() is not None]
        old = {step for step, _ in self._marks if step < self.session.step}
        if len(old) < _STEPS or self._place is None:
            return
        kept = {id(mark()) for step, mark in self._marks if step < self.session.step}
        for name, value in variables():
            for path, holder in _holders(name, value):
                if path not in self._told and self._held(holder, kept) >= _STEPS:
                    self._told.add(path)
                    self._tell(path, isinstance(holder, Tensor))

    def _held(self, holder: Any, kept: set[int]) -> int:
        """How many of the graphs a tensor, or a collection of tensors, holds on to."""
        found: set[int] = set()
        for tensor in (holder,) if isinstance(holder, Tensor) else tuple(holder)[-_REMEMBERED:]:
            if not isinstance(tensor, Tensor) or tensor.grad_fn is None or tensor.numel() != 1:
                continue
            for node in nodes(tensor.grad_fn, _WALK, stop=_is_no_scalar):
                found |= {id(node.metadata.get(self._key))} & kept
        return len(found)

    def _tell(self, path: str, summed: bool) -> None:
        place = self._place
        assert place is not None
        at, collected = collected_in(place, path, summed=summed)
        fact = GraphKept(place=at or place, collector=path, collected=collected or "loss", summed=summed)
        self.session.report(self.session.judge.kept(fact))


def _is_no_scalar(node: Any) -> bool:
    """Whether an operation gives more than one number: that is where a loss ends and a model begins."""
    metadata = getattr(node, "_input_metadata", None)
    return not metadata or torch.Size(metadata[0].shape).numel() != 1


def _holders(name: str, value: Any, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """What may have been collected in a variable, with its path: scalars and lists, in dictionaries and objects too."""
    if isinstance(value, Tensor):
        if value.grad_fn is not None and value.numel() == 1:
            yield name, value
    elif isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        if len(value) >= _STEPS and isinstance(value[-1], Tensor):
            yield name, value
    elif depth and isinstance(value, dict):
        for key, one in list(value.items())[:32]:
            yield from _holders(f"{name}[{key!r}]", one, depth - 1)
    elif depth and not isinstance(value, (type, torch.nn.Module)) and not callable(value):
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict) and not type(value).__module__.startswith(("torch", "builtins")):
            for key, one in list(attributes.items())[:32]:
                yield from _holders(f"{name}.{key}", one, depth - 1)

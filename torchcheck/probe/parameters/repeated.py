"""Containers that hold one layer several times."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import nn

from torchcheck.facts.repeated import LayerRepeated
from torchcheck.finding import Span
from torchcheck.probe.frames import is_hidden_file, is_user_file
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.holders import assigned_at
from torchcheck.probe.session import Session

_LISTS = (nn.ModuleList, nn.Sequential)
_ABOVE, _BELOW = 2, 3
"""Lines around an assignment that may say that the layers share their weights."""


class Repeated(Observer):
    """Looks once through the models that have run when an optimizer has done its first step."""

    facts: ClassVar[tuple[str, ...]] = ("repeated",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._seen: dict[int, ref[torch.optim.Optimizer]] = {}
        self._told: set[int] = set()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._seen.get(id(optimizer))
        if not self.session.sampled or (known is not None and known() is optimizer):
            return
        self._seen[id(optimizer)] = ref(optimizer)
        for root in self.session.names.roots():
            for owner, attribute, container in _containers(root):
                rounds = _rounds(list(container._modules.values()))
                if rounds is not None and id(container) not in self._told and not _is_of_library(owner or root):
                    self._told.add(id(container))
                    self._tell(root, owner, attribute, container, rounds, place)

    def _tell(
        self,
        root: nn.Module,
        owner: nn.Module | None,
        attribute: str,
        container: nn.Module,
        rounds: tuple[list[nn.Module], int],
        place: Span,
    ) -> None:
        names = self.session.names
        assigned = assigned_at(owner, attribute) if owner is not None else None
        layer, count = rounds[0][0], rounds[1]
        called = [name for part in root.modules() for name, child in part._modules.items() if child is layer]
        around = _around(assigned) if assigned is not None else ""
        words = [around, names.module(container), type(root).__name__, type(owner).__name__, type(layer).__name__]
        fact = LayerRepeated(
            container=names.module(container),
            kind=type(layer).__name__,
            count=count,
            names=" ".join([*words, *called]).replace("_", " "),
            place=assigned or place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.repeated(fact))


def _containers(root: nn.Module) -> Iterator[tuple[nn.Module | None, str, nn.Module]]:
    """Every plain list of layers in a model, and what holds it under which name."""
    if type(root) in _LISTS:
        yield None, "", root
    for owner in root.modules():
        for name, child in owner._modules.items():
            if child is not None and type(child) in _LISTS:
                yield owner, name, child


def _rounds(layers: Sequence[nn.Module | None]) -> tuple[list[nn.Module], int] | None:
    """Layers that the list repeats, one round after the other, and how many rounds; None where it has no such run."""
    for start, first in enumerate(layers):
        rest = layers[start:]
        size = next((i for i in range(1, len(rest)) if rest[i] is first), 0)
        if first is None or not size or not _has_weights(first):
            continue
        pairs = zip(rest, rest[size:], strict=False)
        count = 1 + sum(1 for _ in itertools.takewhile(lambda pair: pair[0] is pair[1], pairs)) // size
        if count > 1:
            return [layer for layer in rest[:size] if layer is not None], count
    return None


def _is_of_library(owner: nn.Module) -> bool:
    """Whether neither the user nor torch wrote its class: a library shares what it means to share."""
    code = getattr(type(owner).__init__, "__code__", None)
    return code is not None and not is_user_file(code.co_filename) and not is_hidden_file(code.co_filename)


def _has_weights(layer: nn.Module) -> bool:
    """Whether it has a matrix: a slope or a scale is often shared."""
    return any(parameter.dim() > 1 for parameter in layer.parameters())


def _around(place: Span) -> str:
    rows = range(max(1, place.start.row - _ABOVE), place.end.row + _BELOW)
    return " ".join(linecache.getline(place.filename, row) for row in rows)

"""Which cut lies between parameters that get no gradients and the rest of the training."""

from __future__ import annotations

import linecache
import re
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from torchcheck.finding import Position, Span
from torchcheck.probe.frames import is_user_file
from torchcheck.probe.graph import leaves
from torchcheck.probe.parameters.cuts import CUTS
from torchcheck.probe.tensors import storage_of, tensors_in

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

_MOST_WALKS = 200
_REACH = 40
_NO_GRAD = re.compile(r"no_grad|inference_mode|set_grad_enabled\(\s*False")
NO_GRAD = "torch.no_grad()"


class Severing:
    """Listens for cuts that some parameters lie behind, in the steps between `begin` and `end`.

    A cut counts where its value goes on into the training: it is made inside of a model's call, or the value is given
    to a module that autograd records.

    Attributes:
        found: by place and spelling, the ids of the parameters behind the cut.
    """

    def __init__(self, session: Session) -> None:
        self.found: dict[tuple[Span, str], set[int]] = {}
        self._session = session
        self._wanted: set[int] = set()
        self._pending: list[tuple[Any, Span, str, set[int]]] = []
        self._recorded: list[bool] = []
        self._walks = 0
        self.active = False

    def begin(self, wanted: set[int]) -> None:
        """Listen for cuts before these parameters."""
        self._wanted = wanted
        if not self.active:
            self.active = True
            CUTS.listen(self._cut)

    def end(self) -> None:
        """Listen no more."""
        if self.active:
            CUTS.leave(self._cut)
        self.active = False
        self._pending.clear()
        self._recorded.clear()
        self._walks = 0

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is called."""
        recorded = torch.is_grad_enabled()
        self._recorded.append(recorded)
        if recorded and self._pending:
            storages = {storage_of(t) for t in tensors_in(args)}
            for storage, place, by, hit in self._pending:
                if storage in storages:
                    self.found.setdefault((place, by), set()).update(hit)

    def leave(self, module: nn.Module, output: Any) -> None:
        """It returned."""
        if not self._recorded:
            return
        recorded = self._recorded.pop()
        inside = self._wanted & {id(p) for p in module.parameters()} if not recorded and module.training else None
        if not inside:
            return
        place = _no_grad_above(self._session.user_place())
        if any(self._recorded):  # a call that is recorded, and a part of it that isn't
            self.found.setdefault((place, NO_GRAD), set()).update(inside)
        else:
            self._pending += [(storage_of(t), place, NO_GRAD, inside) for t in tensors_in((output,))]

    def _cut(self, by: str, source: Tensor, result: Any) -> None:
        if self._walks >= _MOST_WALKS or self._session.busy:
            return  # what an observer detaches is no cut of the user's
        place = self._session.user_place()
        if not is_user_file(place.filename):
            return
        self._walks += 1
        hit = self._wanted & {id(leaf) for leaf in leaves(source)}
        if hit and any(self._recorded):
            self.found.setdefault((place, by), set()).update(hit)
        elif hit and isinstance(result, Tensor):
            self._pending.append((storage_of(result), place, by, hit))


def _no_grad_above(place: Span) -> Span:
    """The line that turned gradients off, searched for above a call; the call where none is found."""
    for row in range(place.start.row, max(place.start.row - _REACH, 0), -1):
        text = linecache.getline(place.filename, row).split("#")[0].rstrip()
        if _NO_GRAD.search(text):
            start = len(text) - len(text.lstrip()) + 1
            return Span(place.filename, Position(row, start), Position(row, len(text) + 1))
    return place

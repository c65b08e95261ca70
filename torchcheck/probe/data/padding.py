"""Positions of padding that a loss counts: the ids that an embedding was given beside the targets of the loss."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.loss import Loss
from torchcheck.facts.padding import PaddingCounted
from torchcheck.finding import Span
from torchcheck.probe.loss_calls import read_call
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session

_CLASSES = (Loss.CROSS_ENTROPY.value, Loss.NLL.value)
_MOST_LOOKUPS = 32
_MOST_CALLS = 32  # sampled calls of losses that are looked at
_FEWEST_ROWS = 2


class Padding(Observer):
    """Records `PaddingCounted` facts: one a sampled batch in which a loss counts what an embedding knows as padding.

    Padding is known by the `padding_idx` of an embedding, and by standing at the ends (or the beginnings) of rows. The
    targets belong to the ids where there is one for each, and where all that stand beside padding are of one class.
    """

    facts: ClassVar[tuple[str, ...]] = ("padding",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._lookups: list[tuple[ref[Tensor], int]] = []
        self._batches: Counter[Span] = Counter()
        self._calls = 0

    def new_step(self) -> None:
        self._lookups.clear()

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if not isinstance(module, nn.Embedding) or module.padding_idx is None or len(self._lookups) >= _MOST_LOOKUPS:
            return
        ids = args[0] if args else None
        if isinstance(ids, Tensor) and ids.dim() == 2 and ids.device.type != "meta" and torch.is_grad_enabled():
            self._lookups.append((ref(ids), module.padding_idx))

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        if not self._lookups or not self.session.sampled or name not in _CLASSES or self._calls >= _MOST_CALLS:
            return
        self._calls += 1
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(target, Tensor) or target.is_floating_point() or output.dim():
            return
        for reference, index in reversed(self._lookups):
            ids = reference()
            if ids is not None and ids.numel() == target.numel() and self._counts(ids, index, target, args, kwargs):
                self._tell(name, args, kwargs, ids, index, target)
                return

    def _counts(self, ids: Tensor, index: int, target: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        with torch.no_grad():
            padded = ids == index
            if not _is_at_ends(padded) or target.device != ids.device:
                return False
            beside = target.reshape(-1)[padded.reshape(-1)]
            others = target.reshape(-1)[~padded.reshape(-1)]
            if not others.numel() or bool((beside != beside[0]).any()) or not bool((others != others[0]).any()):
                return False
            label = int(beside[0])
            return label != _ignored(args, kwargs) and not _weighs_nothing(args, kwargs, label)

    def _tell(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], ids: Tensor, index: int, target: Tensor
    ) -> None:
        call = read_call(Loss(name), args, kwargs, "")
        self._batches[call.place] += 1
        padded = (ids == index).reshape(-1)
        fact = PaddingCounted(
            spelling=call.spelling,
            padding=index,
            label=int(target.reshape(-1)[padded][0]),
            padded=int(padded.sum()),
            counted=target.numel(),
            batches=self._batches[call.place],
            place=call.place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.padding(fact))


def _is_at_ends(padded: Tensor) -> bool:
    """Whether padding stands behind (or ahead of) everything else of its row, in several rows, as padding does."""
    for table in (padded, padded.T):
        steps = table.int().diff(dim=1)
        rows = table.any(1) & ~table.all(1)
        if int(rows.sum()) >= _FEWEST_ROWS and (bool((steps >= 0).all()) or bool((steps <= 0).all())):
            return True
    return False


def _ignored(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[4] if len(args) > 4 else kwargs.get("ignore_index", -100)


def _weighs_nothing(args: tuple[Any, ...], kwargs: dict[str, Any], label: int) -> bool:
    weight = args[2] if len(args) > 2 else kwargs.get("weight")
    return isinstance(weight, Tensor) and 0 <= label < weight.numel() and not bool(weight.reshape(-1)[label])

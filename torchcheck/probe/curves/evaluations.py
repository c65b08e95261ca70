"""What evaluations give: the losses that are computed without gradients between two steps of a training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from torchcheck.facts.loss import Loss
from torchcheck.finding import Span
from torchcheck.probe.curves.numbers import Kept, Waiting
from torchcheck.probe.frames import user_frames
from torchcheck.probe.loss_value import Number, is_readable, noted

Key = tuple[Any, ...]
_MOST_SERIES = 6
_DEEPEST = 6


@dataclass(frozen=True)
class Source:
    """A data loader as the user calls it, and the identity of its data: loaders may be made anew for each pass."""

    name: str
    data: int


@dataclass(eq=False)
class Evaluation:
    """One kind of evaluation: where it is called from, and on which loader.

    Attributes:
        name: what it looks at, as the user calls it.
        place: its loss.
        losses: those that it computed.
        loss, accuracy: one value an evaluation.
        samples: how many it looked at.
    """

    name: str
    place: Span
    losses: set[str] = field(default_factory=set)
    loss: Kept = field(default_factory=Kept)
    accuracy: Kept = field(default_factory=Kept)
    samples: int = 0


@dataclass(eq=False)
class _Pass:
    """One evaluation that goes on."""

    total: Number = 0.0
    right: Number = 0.0
    weight: int = 0
    judged: int = 0


class Evaluations:
    """All evaluations of a training, told apart by the lines that call them and by their loaders.

    Attributes:
        known: what was ever evaluated.
        open: what was evaluated since the last backward.
    """

    def __init__(self) -> None:
        self.known: dict[Key, Evaluation] = {}
        self.open: dict[Key, _Pass] = {}

    def saw(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        output: Tensor,
        loader: Source | None,
        place: Span,
    ) -> None:
        """A loss was computed without gradients."""
        given = args[0] if args else kwargs.get("input")
        if not is_readable(output) or not isinstance(given, Tensor) or not given.dim():
            return
        key = (loader.data if loader else None, *_chain())
        evaluation = self.known.get(key)
        if evaluation is None:
            if len(self.known) >= _MOST_SERIES:
                return
            evaluation = self.known[key] = Evaluation(loader.name if loader else "validation", place)
        evaluation.losses.add(name)
        now = self.open.setdefault(key, _Pass())
        count = len(given)
        now.total = now.total + noted(output) * count
        now.weight += count
        right = _right(name, given, args[1] if len(args) > 1 else kwargs.get("target"))
        if right is not None:
            now.right = now.right + right
            now.judged += count

    def close(self, step: int, waiting: Waiting) -> None:
        """Training goes on: what was evaluated is complete."""
        for key, now in self.open.items():
            evaluation = self.known[key]
            waiting.add(evaluation.loss, step, [now.total / now.weight])
            if now.judged:
                waiting.add(evaluation.accuracy, step, [now.right / now.judged])
            evaluation.samples = max(evaluation.samples, now.weight)
        self.open.clear()


def _right(name: str, given: Tensor, target: Any) -> Number | None:
    """How many samples of a batch are classified rightly; None where that can't be told."""
    if not isinstance(target, Tensor) or type(given) is not Tensor:
        return None
    loss = Loss(name)
    if loss in (Loss.CROSS_ENTROPY, Loss.NLL) and given.dim() == 2 and target.dim() == 1 and len(target) == len(given):
        return None if target.is_floating_point() else _noted(given.argmax(dim=1) == target)
    if loss in (Loss.BCE_WITH_LOGITS, Loss.BCE) and given.shape == target.shape and given.numel() == len(given):
        return _noted((given > (0.0 if loss is Loss.BCE_WITH_LOGITS else 0.5)) == (target > 0.5))
    return None


def _noted(right: Tensor) -> Number:
    return noted(right.sum(dtype=torch.float32))


def _chain() -> Iterator[tuple[str, int]]:
    """The user's lines that are being executed, the innermost first."""
    for depth, frame in enumerate(user_frames()):
        if depth == _DEEPEST:
            return
        yield frame.f_code.co_filename, frame.f_lineno

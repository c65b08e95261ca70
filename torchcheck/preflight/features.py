"""Whether each feature of the inputs matters."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchcheck.preflight.columns import Columns, changed, columns_of
from torchcheck.preflight.randomness import Randomness
from torchcheck.preflight.row import Row, Verdict, not_judged
from torchcheck.preflight.sitting import Sitting

NAME = "features matter"
_PASSES = 120
_SHARE = 0.1
"""Passes in one look, and the part of the time that is left that it may take."""


class Features:
    """Looks at the model in several states of its weights; what mattered once is done with.

    A gradient of the outputs shows at once most of what matters. What has none (rounded, embedded, compared, cut off)
    is taken from other samples, or mirrored and stretched, in groups that are halved until the culprits are found:
    without training, and in training mode, too, since some inputs serve training alone.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting, self._task = sitting, sitting.task
        self._axis = sitting.batch_dim or 0
        self._looks = 0
        self._unlooked = self._why_not()
        self._columns = [] if self._unlooked else columns_of(self._task.named_inputs(), self._axis)

    def look(self) -> None:
        """At the model as it is now."""
        if self._unlooked:
            return
        self._looks += 1
        self._end = time.perf_counter() + _SHARE * self._sitting.left
        self._passes, self._randomness = _PASSES, Randomness()
        for training in (False, True):
            with self._task.mode(training):
                if not training:
                    self._by_gradient()
                with torch.no_grad():
                    self._by_change()

    def row(self) -> Row:
        """What came of it."""
        if self._unlooked:
            return not_judged(NAME, self._unlooked)
        if not self._columns:
            return not_judged(NAME, "no input has an entry for each sample")
        ignored = _ignored(self._columns)
        if all(one.is_whole or (not one.open and len(one.constant) == one.count) for one in self._columns):
            return not_judged(NAME, "no input matters, or the samples are alike: see the check before")
        if self._looks < 2 and any(indices for _, indices in ignored):
            return not_judged(NAME, "there was no time to train in between")
        told = [one.called(indices) for one, indices in ignored if indices]
        verb = "changes" if len(told) == 1 and sum(len(indices) for _, indices in ignored) == 1 else "change"
        reason = f"{' and '.join(told)} never {verb} the output" if told else "each of them changes the output"
        data = {
            "ignored": [_to_json(one, indices) for one, indices in ignored if indices],
            "constant": [_to_json(one, one.constant) for one in self._columns if one.constant],
        }
        return Row(NAME, Verdict.REMARK if told else Verdict.PASSED, reason + self._aside(), (), data)

    def _aside(self) -> str:
        """What is said of those that are not judged."""
        told = ""
        for one in self._columns:
            for indices, what in (
                (one.constant, "the same in every sample"),
                (sorted({*one.padding} & {*one.open}), "padding in every sample"),
                (one.cut(), "left over at the end"),
            ):
                told += f"; {what}: {one.called(indices)}" if indices else ""
        return told

    def _why_not(self) -> str | None:
        if self._sitting.batch_dim is None:
            return "there is no axis of samples"
        tensors = [tensor for _, tensor in self._task.named_inputs() if tensor.dim() > 0]
        sizes = {tensor.shape[self._axis] if tensor.dim() > self._axis else -1 for tensor in tensors}
        if len(sizes) != 1:
            return "the inputs share no axis of samples"
        return "the batch has a single sample" if max(sizes) < 2 else None

    def _by_gradient(self) -> None:
        """Strike out what has a gradient. Models whose backward needs training mode are looked at without."""
        leaves = {
            id(one.tensor): one.tensor.detach().clone().requires_grad_()
            for one in self._columns
            if one.tensor.is_floating_point()
        }
        if not leaves:
            return
        try:
            with torch.enable_grad():
                outputs = [out for out in self._outputs(lambda tensor: leaves.get(id(tensor), tensor)) if out.grad_fn]
                if not outputs:
                    return
                weighted = [(out * torch.randn_like(out)).sum() for out in outputs]
                found = torch.autograd.grad(sum(weighted[1:], weighted[0]), list(leaves.values()), allow_unused=True)
        except RuntimeError:
            return
        gradients = dict(zip(leaves, found, strict=True))
        for one in self._columns:
            gradient = gradients.get(id(one.tensor))
            if gradient is not None:
                felt = (gradient != 0).flatten()[None] if one.axis is None else gradient.movedim(one.axis, 0) != 0
                matters = felt.flatten(1).any(1).tolist()
                one.open = [index for index in one.open if not matters[index]]

    def _by_change(self) -> None:
        """Strike out what changes outputs when it is changed itself."""
        if not any(one.open for one in self._columns):
            return
        plain = self._outputs(lambda tensor: tensor)
        for one in self._columns:
            if one.open:
                one.open = self._without_effect(one, one.open, plain)

    def _without_effect(self, one: Columns, indices: list[int], plain: list[Tensor]) -> list[int]:
        if self._passes <= 0 or time.perf_counter() > self._end:
            return []  # nobody knows
        if not self._moves(one, indices, plain):
            return indices
        if len(indices) == 1:
            return []
        middle = len(indices) // 2
        return [
            *self._without_effect(one, indices[:middle], plain),
            *self._without_effect(one, indices[middle:], plain),
        ]

    def _moves(self, one: Columns, indices: list[int], plain: list[Tensor]) -> bool:
        for way in (0, 1):
            other = changed(one, indices, self._axis, way)
            if other is None:
                continue
            self._passes -= 1
            found = self._outputs(lambda tensor, other=other: other if tensor is one.tensor else tensor)  # type: ignore[misc]
            if len(found) != len(plain) or not all(map(torch.equal, found, plain)):
                return True
        return False

    def _outputs(self, change: Callable[[Tensor], Tensor]) -> list[Tensor]:
        self._randomness.restore()
        return self._task.outputs(change)


def _ignored(columns: list[Columns]) -> list[tuple[Columns, list[int]]]:
    """What never mattered, and is not explained; once for an input that is ignored as a whole."""
    found: list[tuple[Columns, list[int]]] = []
    whole: set[int] = set()
    for one in columns:
        if not one.is_whole:
            found.append((one, one.told))
        elif id(one.tensor) not in whole:
            whole.add(id(one.tensor))
            found.append((Columns(one.name, one.tensor, None), [0]))
    return found


def _to_json(one: Columns, indices: list[int]) -> dict[str, Any]:
    return {"input": one.name, "axis": one.axis, "indices": indices}

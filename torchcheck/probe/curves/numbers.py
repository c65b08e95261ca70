"""Numbers of a run that are kept: read at once where that waits for nobody, else together with others."""

from __future__ import annotations

import math
from array import array

import torch
from torch import Tensor

from torchcheck.probe.loss_value import Number
from torchcheck.probe.tensors import read_back

_MOST_WAITING = 1024
_MOST_KEPT = 4096


class Kept:
    """A series that grows, and stays small: when it is full, neighbours become their mean.

    Attributes:
        steps, values: what it holds; finite numbers.
        broke_at: since when the values are no numbers.
    """

    def __init__(self) -> None:
        self.steps, self.values = array("d"), array("d")
        self.broke_at: float | None = None
        self._width, self._sum, self._count = 1, 0.0, 0

    def add(self, step: float, value: float) -> None:
        """One more value."""
        if not math.isfinite(value):
            self.broke_at = step if self.broke_at is None else self.broke_at
            return
        self.broke_at = None
        self._sum += value
        self._count += 1
        if self._count < self._width:
            return
        self.steps.append(step)
        self.values.append(self._sum / self._count)
        self._sum, self._count = 0.0, 0
        if len(self.values) >= _MOST_KEPT:
            self.steps = self.steps[1::2]
            self.values = array("d", [(a + b) / 2 for a, b in zip(self.values[::2], self.values[1::2], strict=True)])
            self._width *= 2


class Waiting:
    """Numbers that lie on a device until all of them are read in one copy.

    Those of one entry belong to one value, their mean.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[Kept, float, list[Number]]] = []

    def add(self, kept: Kept, step: float, numbers: list[Number]) -> None:
        """Keep the mean of these numbers for a series; of very many between two samples the last are left out."""
        read = [number for number in numbers if type(number) is float]
        if len(read) == len(numbers) and not self._entries:
            kept.add(step, _mean(read))
        elif len(self._entries) < _MOST_WAITING:
            self._entries.append((kept, step, numbers))

    def read(self) -> None:
        """Read what waits: one copy a device."""
        entries, self._entries = self._entries, []
        waiting = [number for _, _, numbers in entries for number in numbers if isinstance(number, Tensor)]
        with torch.no_grad():
            values = read_back([tensor.reshape(()).double() for tensor in waiting])
        known = {id(tensor): value for tensor, value in zip(waiting, values, strict=True)}
        for kept, step, numbers in entries:
            kept.add(step, _mean([known[id(n)] if isinstance(n, Tensor) else n for n in numbers]))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)

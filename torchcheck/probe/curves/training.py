"""The loss that trains: one value a step, and whether it is of a kind that has to fall."""

from __future__ import annotations

from torch import Tensor

from torchcheck.finding import Span
from torchcheck.probe.curves.numbers import Kept, Waiting
from torchcheck.probe.loss_value import LossValues, Number, is_readable, noted

_FIRST = 3
"""Backwards after which it is settled whether a single call of a loss is what they differentiate."""


class Training:
    """The losses of one optimizer's life.

    The value of a step is that of the loss function, where every backward is preceded by one call of it: accumulation
    divides it afterwards, a `GradScaler` multiplies it. Else it is the value of the tensor whose backward runs,
    without the factor of a scaler.

    Attributes:
        kept: one value a step.
        steps: how many there were.
        places: where backwards were called, on sampled steps.
        optimizers: which stepped.
        losses: the names of the loss functions.

    """

    def __init__(self) -> None:
        self.kept = Kept()
        self.steps = 0
        self.places: set[Span] = set()
        self.optimizers: set[int] = set()
        self.losses: set[str] = set()
        self.odd = False
        self._call: Number | None = None
        self._calls = self._backwards = 0
        self._by_call = True
        self._unscaled = LossValues()
        self._now: list[Number] = []

    @property
    def is_one_loss(self) -> bool:
        """Whether all values are of one loss, of one optimizer, and of one line."""
        return not self.odd and len(self.places) == 1 and len(self.optimizers) <= 1

    @property
    def is_by_call(self) -> bool:
        """Whether the values are those of the loss function itself."""
        return self._by_call and len(self.losses) == 1

    def called(self, name: str, output: Tensor) -> None:
        """A loss function returned, with gradients."""
        if not is_readable(output):
            self.odd |= self._by_call and self._backwards > _FIRST
            return
        self._calls += 1
        if self._by_call:
            self._call = noted(output)
            if self._backwards <= _FIRST:
                self.losses.add(name)

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        """A `GradScaler` has multiplied losses."""
        if not self._by_call or self._backwards <= _FIRST:
            self._unscaled.scaled(tensors)

    def backward(self, losses: tuple[Tensor, ...]) -> None:
        """A backward is about to run."""
        self._backwards += 1
        calls, self._calls = self._calls, 0
        call, self._call = self._call, None
        if self._backwards <= _FIRST and calls != 1 and self._by_call:
            self._by_call = False
            self.odd |= self._backwards > 1  # a value of another kind stands there already
        if self._by_call:
            self.odd |= call is None
            if call is not None:
                self._now.append(call)
        elif len(losses) == 1 and is_readable(losses[0]):
            self._now.append(noted(self._unscaled.of(losses[0])))
        else:
            self.odd = True

    def stepped(self, step: int, waiting: Waiting) -> None:
        """A step ended."""
        self.steps += 1
        now, self._now = self._now, []
        if now and not self.odd:
            waiting.add(self.kept, step, now)

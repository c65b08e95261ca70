"""The loss that trains: one value a step, and whether it is of a kind that has to fall."""

from __future__ import annotations

from weakref import ref

from torch import Tensor

from torchcheck.finding import Span
from torchcheck.probe.curves.numbers import Kept, Waiting
from torchcheck.probe.loss_value import LossValues, Number, is_readable, noted

_MOST_UNSETTLED = 4096
_FIRST = 3
"""Backwards after which it is settled whether a single call of a loss is what they differentiate."""


class Training:
    """The losses of one optimizer's life.

    The value of a step is that of the loss function, where every backward is preceded by one call of it: accumulation
    divides it afterwards, a `GradScaler` multiplies it. Else it is the value of the tensor whose backward runs,
    without the factor of a scaler.

    Attributes:
        kept: one value a step.
        is_plain: every backward so far has run from the very tensor that the loss function had returned.
        places: where backwards were called, on sampled steps.
        optimizers: which stepped.
        losses: the names of the loss functions.

    """

    def __init__(self) -> None:
        self.kept = Kept()
        self.places: set[Span] = set()
        self.optimizers: set[int] = set()
        self.losses: set[str] = set()
        self.odd = False
        self.is_plain = True
        self._returned: ref[Tensor] | None = None
        self._call: Number | None = None
        self._calls = self._backwards = 0
        self._by_call = True
        self._unscaled = LossValues()
        self._unsettled: list[tuple[int, Number]] = []

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
            self._returned = ref(output)
            if self._backwards <= _FIRST:
                self.losses.add(name)

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        """A `GradScaler` has multiplied losses."""
        if not self._by_call or self._backwards <= _FIRST:
            self._unscaled.scaled(tensors)

    def backward(self, losses: tuple[Tensor, ...], step: int) -> None:
        """A backward is about to run, after so many steps."""
        self._backwards += 1
        calls, self._calls = self._calls, 0
        call, self._call = self._call, None
        self.is_plain &= self._by_call and self._returned is not None and self._returned() is losses[0]
        if self._backwards <= _FIRST and calls != 1 and self._by_call:
            self._by_call = False
            self.odd |= self._backwards > 1  # a value of another kind stands there already
        if self._by_call:
            self.odd |= call is None
        elif len(losses) == 1 and is_readable(losses[0]):
            call = noted(self._unscaled.of(losses[0]))
        else:
            self.odd = True
        if call is not None:
            self.note(step, call)

    def note(self, step: int, value: Number) -> None:
        """Keep the value of a backward until its step is done."""
        if len(self._unsettled) < _MOST_UNSETTLED:
            self._unsettled.append((step, value))

    def settle(self, step: int, waiting: Waiting) -> None:
        """Keep one value for each step that is done: the mean of its backwards."""
        settled: dict[int, list[Number]] = {}
        for done, value in self._unsettled:
            settled.setdefault(done, []).append(value)
        unfinished = settled.pop(step, [])
        self._unsettled = [(step, value) for value in unfinished]
        if not self.odd:
            for done, values in settled.items():
                waiting.add(self.kept, done + 1, values)

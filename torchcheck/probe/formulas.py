"""Losses written by hand whose difference broadcast, and the line where it was written."""

from __future__ import annotations

from collections.abc import Callable

from torchcheck.facts.loss import Loss, Shape
from torchcheck.finding import Span
from torchcheck.probe.differences import DIFFERENCES
from torchcheck.probe.loss_calls import Call

_ROUNDS = 3  # searches; a program may have more than one such formula
_PATIENCE = 3  # backwards to wait for the line before the backward's own line has to do


class Formulas:
    """Waits for the line of a difference that a backward has proved to broadcast, then hands on the call."""

    def __init__(self, judge: Callable[[Call], None]) -> None:
        self._judge = judge
        self._shapes: tuple[Shape, Shape] | None = None
        self._backward: Span | None = None
        self._place: Span | None = None
        self._waited = self._rounds = 0
        self._on_purpose = False
        self._succeeded = False

    @property
    def waits(self) -> bool:
        """Whether it counts backwards."""
        return self._shapes is not None

    def proved(self, shapes: tuple[Shape, Shape], backward: Span) -> None:
        """A backward goes through a difference that broadcast: look out for its line in the next step."""
        if self._shapes is None and self._rounds < _ROUNDS:
            self._shapes, self._backward, self._place = shapes, backward, None
            self._waited = 0
            self._rounds += 1
            DIFFERENCES.listen(self._found)

    def backward(self) -> None:
        """Another backward begins."""
        if self._shapes is None:
            return
        self._waited += 1
        if self._place is not None or self._waited >= _PATIENCE:
            self.end()

    def end(self) -> None:
        """Hand on what is known. If no search has found a line, the difference stands at the backward, unless all
        that were found are on purpose."""
        DIFFERENCES.leave(self._found)
        shapes, self._shapes = self._shapes, None
        place = self._place or (None if self._succeeded or self._on_purpose else self._backward)
        self._succeeded |= place is not None
        if shapes is not None and place is not None:
            self._judge(Call(Loss.BY_HAND, "", place, input_shape=shapes[0], target_shape=shapes[1]))

    def _found(self, place: Span, on_purpose: bool) -> None:
        if on_purpose:
            self._on_purpose = True
        else:
            self._place = self._place or place

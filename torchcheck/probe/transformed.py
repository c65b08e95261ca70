"""Trainings whose gradients `torch.func` computes: what is in them has no values that could be looked at."""

from __future__ import annotations

from typing import ClassVar

from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session

NOT_SEEN = (
    "The losses were computed inside of transforms of `torch.func`, and no optimizer stepped: what such a training "
    "does is not seen."
)


class Transformed(Observer):
    """Says so where nothing else was seen."""

    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._seen = False

    def loss_transformed(self) -> None:
        self._seen = True
        self.session.mute(self, True, "loss_transformed")

    def end(self) -> None:
        if self._seen and not self.session.step:
            self.session.remark(NOT_SEEN)

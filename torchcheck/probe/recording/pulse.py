"""Tells how far a run is, a few times a second, on whatever step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.whereabouts import whereabouts
from torchcheck.probe.recording.audience import Audience, Hearer

_PAUSE = 0.25  # seconds


class Pulse(Observer):
    """Looks at the clock on every step and batch. What it tells is counted, never read from a tensor."""

    on_request: ClassVar[bool] = True

    def __init__(
        self,
        hearers: Sequence[Hearer],
        remark: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = Audience(hearers, remark)
        self._clock = clock
        self._due = clock()

    def new_step(self) -> None:
        if self._clock() >= self._due:
            self._tell("new_step")

    def batch_drawn(self, iterator: Any, batch: Any) -> None:
        if self._clock() >= self._due:
            self._tell("batch_drawn")

    def _tell(self, event: str) -> None:
        self._due = self._clock() + _PAUSE
        epoch, phase = whereabouts(self.session.drives, event, self.session.step)
        data = {"step": self.session.step, "epoch": epoch, "phase": phase.value if phase is not None else None}
        self._audience.tell("pulse", data)

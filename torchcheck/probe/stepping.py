"""Global optimizer hooks: which optimizer steps, once a step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import ref

from torch.compiler import is_compiling
from torch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)

from torchcheck.probe.abstract import is_abstract
from torchcheck.probe.frames import user_place

if TYPE_CHECKING:
    from torchcheck.finding import Span
    from torchcheck.probe.hub import Hub


class Stepping:
    """Turns the hooks of `Optimizer.step` into one event before and one after each step.

    A subclass whose `step` calls `super().step()` fires the hooks twice.

    Attributes:
        count: steps that have begun, of any optimizer.
        scaling: a `GradScaler` is about to step an optimizer.
        scaled: the step goes through a scaler that is on; None where that is not known.
    """

    def __init__(self, hub: Hub) -> None:
        self.count = 0
        self.scaling = False
        self.scaled: bool | None = False
        self._hub = hub
        self._latest: ref[Optimizer] | None = None
        self._running: dict[int, tuple[int, Span | None]] = {}  # by id of the optimizer: hooks entered, place

    def hooks(self) -> list[Any]:
        """Install both hooks; their handles remove them."""
        self._running.clear()
        return [register_optimizer_step_pre_hook(self._before), register_optimizer_step_post_hook(self._after)]

    def _before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if is_compiling() or is_abstract():
            return
        running = self._running.get(id(optimizer))
        if running is not None and _steps_on_stack() > running[0]:
            self._running[id(optimizer)] = (running[0] + 1, running[1])
            return
        # A step that raised never reached its post hook; what it left here is overwritten.
        place = None
        self.count += 1
        if self._latest is None or self._latest() is not optimizer:
            place = self._introduce(optimizer)
            self._latest = ref(optimizer)
        if "before_step" in self._hub.heard:
            place = place or user_place()
        self._running[id(optimizer)] = (1, place)
        if place is not None:
            self._hub.tell("before_step", optimizer, place)

    def forget(self) -> None:
        """A session has come that may know no optimizer yet."""
        self._latest = None

    def _introduce(self, optimizer: Any) -> Span | None:
        """Make an optimizer known to the sessions that have not seen it step; the place, if there are any."""
        place = None
        for session in self._hub.here():
            if not session.names.knows_step(optimizer):
                place = place or user_place()
                session.names.saw_step(optimizer, place, by_scaler=self.scaling)
                session.tell("first_step", optimizer, place)
        return place

    def _after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if is_compiling():
            return
        entered, place = self._running.pop(id(optimizer), (0, None))
        if entered > 1:
            self._running[id(optimizer)] = (entered - 1, place)
        if entered != 1:
            return
        if "after_step" in self._hub.heard:
            self._hub.tell("after_step", optimizer, place or user_place())
        for session in self._hub.here():
            if "stepped" in session.listeners.now:
                session.tell("stepped", optimizer)
            session.stepped(optimizer)
        if self._hub.stopping:
            self._hub.settle()


def _steps_on_stack() -> int:
    """How many hooked `Optimizer.step` calls are running, this one included."""
    wrapper = (Optimizer.profile_hook_step.__code__.co_filename, "wrapper")
    count = 0
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        count += (code.co_filename, code.co_name) == wrapper
        frame = frame.f_back  # type: ignore[assignment]
    return count

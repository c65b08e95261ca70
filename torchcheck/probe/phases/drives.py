"""Which data loaders are gone through just now, and what was done with what they gave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

from torchcheck.probe.observer import Observer

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from torchcheck.finding import Span
    from torchcheck.probe.phases.calls import Call
    from torchcheck.probe.session import Session

_MOST_CALLS = 8
_DEEPEST = 8
_FEWEST_STEPS = 2  # a loop that is left earlier only wanted a batch
_LEARNING = ("before_backward", "before_grad", "stepped")


@dataclass(eq=False)
class Drive:
    """One way through a data loader.

    Attributes:
        iterator: dead once its loop was left.
        place: the loop.
        loader: identity of the loader.
        backwards, grads, steps: whether a backward ran, gradients were asked for, or an optimizer stepped while it was
            alive.
        calls: the first calls of models with what it gave.
        began_at: optimizer steps done when it began.
        beside: another one at the same place goes on: they are zipped.
    """

    iterator: ref[Any]
    place: Span
    loader: int
    began_at: int = 0
    beside: bool = False
    backwards: bool = False
    grads: bool = False
    steps: bool = False
    ended: bool = False
    calls: list[Call] = field(default_factory=list)

    @property
    def is_alive(self) -> bool:
        return not self.ended and self.iterator() is not None


class Drives(Observer):
    """The loaders that are gone through, the innermost last. One for all observers of a session, told before them.

    Attributes:
        trained: how often data was gone through at a place, and learned from, since the last optimizer was built.

    It hears of a backward only while there is a loader from which nothing has been learned so far.
    """

    def start(self, session: Session) -> None:
        self._open: list[Drive] = []
        self._is_stale = False
        self.trained: Counter[Span] = Counter()
        self._broken_off: set[Span] = set()
        self._listen(False)

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self.trained.clear()
        self._broken_off.clear()

    def epoch(self, drive: Drive) -> int | None:
        """How many times the data was gone through to train, this one included; None where a loader is begun anew for
        every batch, or two are gone through side by side."""
        if drive.place in self._broken_off or drive.beside:
            return None
        return self.trained[drive.place] + 1

    @property
    def open(self) -> tuple[Drive, ...]:
        """Those that go on, and those of which nobody has seen yet that they are over."""
        return tuple(self._open)

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        self._end(iterator)
        self.alive()
        beside = any(drive.place == place for drive in self._open)
        self._open.append(Drive(ref(iterator, self._died), place, id(loader), self.session.step, beside))
        while len(self._open) > _DEEPEST:
            self._open.pop(0)
        self._listen(True)

    def loader_ended(self, iterator: Any) -> None:
        self._end(iterator)
        self.alive()

    def before_backward(self, loss: Tensor) -> None:
        for drive in self.alive():
            drive.backwards = True
        self.session.mute(self, True, "before_backward")

    def before_grad(self, outputs: tuple[Tensor, ...], inputs: tuple[Tensor, ...]) -> None:
        for drive in self.alive():
            drive.grads = True
        self.session.mute(self, True, "before_grad")

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        for drive in self.alive():
            drive.steps = True
        self.session.mute(self, True, "stepped")

    def alive(self) -> list[Drive]:
        """Those that go on; observers are told of the others."""
        if not self._is_stale:
            return self._open
        self._is_stale = False
        gone = [drive for drive in self._open if not drive.is_alive]
        self._open = [drive for drive in self._open if drive.is_alive]
        for drive in gone:
            self._count(drive)
            self.session.tell("drive_closed", drive)
        return self._open

    def add(self, call: Call) -> bool:
        """Note a call with what the innermost loader gave; whether there is one."""
        alive = self.alive()
        if alive and len(alive[-1].calls) < _MOST_CALLS:
            alive[-1].calls.append(call)
        return bool(alive)

    def _count(self, drive: Drive) -> None:
        if drive.backwards or drive.steps:
            self.trained[drive.place] += 0 if drive.beside else 1
            if not drive.ended and self.session.step - drive.began_at < _FEWEST_STEPS:
                self._broken_off.add(drive.place)

    def _end(self, iterator: Any) -> None:
        for drive in self._open:
            if drive.iterator() is iterator:
                drive.ended = self._is_stale = True

    def _died(self, _: ref[Any]) -> None:
        self._is_stale = True

    def _listen(self, wanted: bool) -> None:
        for event in _LEARNING:
            self.session.mute(self, not wanted, event)

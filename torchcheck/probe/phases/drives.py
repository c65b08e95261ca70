"""Which data loaders are gone through just now, and what was done with what they gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from torchcheck.finding import Span
from torchcheck.probe.phases.calls import Call

_MOST_CALLS = 8
_DEEPEST = 8


@dataclass(eq=False)
class Drive:
    """One way through a data loader.

    Attributes:
        iterator: dead once its loop was left.
        place: the loop.
        learned: backwards that ran, or gradients that were asked for, while it was alive.
        calls: the first calls of models with what it gave.
        subject: what an observer keeps of the loader.
    """

    iterator: ref[Any]
    place: Span
    learned: int = 0
    ended: bool = False
    calls: list[Call] = field(default_factory=list)
    subject: Any = None

    @property
    def is_alive(self) -> bool:
        return not self.ended and self.iterator() is not None


class Drives:
    """The loaders that are gone through, the innermost last.

    Args:
        closed: told of each that ended.
    """

    def __init__(self, closed: Callable[[Drive], None]) -> None:
        self._closed = closed
        self._open: list[Drive] = []

    def began(self, iterator: Any, place: Span, subject: Any = None) -> None:
        """A loader is gone through (again)."""
        self.ended(iterator)
        self.alive()
        self._open.append(Drive(ref(iterator), place, subject=subject))
        while len(self._open) > _DEEPEST:
            self._open.pop(0)

    def ended(self, iterator: Any) -> None:
        """It has no more."""
        for drive in self._open:
            drive.ended |= drive.iterator() is iterator

    def alive(self) -> list[Drive]:
        """Those that go on; the others are closed."""
        for drive in self._open:
            if drive.ended or drive.iterator() is None:
                break
        else:
            return self._open
        gone = [drive for drive in self._open if not drive.is_alive]
        self._open = [drive for drive in self._open if drive.is_alive]
        for drive in gone:
            self._closed(drive)
        return self._open

    def add(self, call: Call) -> bool:
        """Note a call with what the innermost loader gave; whether there is one."""
        alive = self.alive()
        if alive and len(alive[-1].calls) < _MOST_CALLS:
            alive[-1].calls.append(call)
        return bool(alive)

    def learned(self) -> None:
        """A backward runs."""
        for drive in self.alive():
            drive.learned += 1

    def end(self) -> None:
        """Close all."""
        left, self._open = self._open, []
        for drive in left:
            self._closed(drive)

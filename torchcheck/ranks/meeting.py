"""The ranks of one machine meet in a folder, without a network: each leaves its record, and one tells what all found.

That is the lowest rank that is alive, once the others have ended. It waits for them, but not for ever: a rank that has
failed must end for its launcher to end the others, and one that is done must end for those that wait for it in a
collective to break. Who ends after the telling tells what is new.
"""

from __future__ import annotations

import enum
import json
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torchcheck import locks
from torchcheck.ranks.join import Joined, Judge, Mistake, join, mistake
from torchcheck.ranks.record import Record, Writer, read
from torchcheck.ranks.standing import Standing

PATIENCE = 20.0
"""Seconds that a rank waits for the others once it is done."""

HURRY = 3.0
"""Seconds that it waits once it has failed, and for ranks that have never begun."""

_PAUSE = 0.05
_LED = 1.5  # who waits for a lower rank gives it the time to wait for the others


class Turn(enum.Enum):
    """When a rank tells what all found."""

    NOW = enum.auto()
    LATER = enum.auto()
    NEVER = enum.auto()


class State(enum.Enum):
    """How far a rank is."""

    ABSENT = enum.auto()
    RUNNING = enum.auto()
    ENDED = enum.auto()
    GONE = enum.auto()


class Meeting:
    """This rank's part in it.

    Args:
        standing: which rank it is.
        judge: says what the records of all ranks show together.
        attempt: how often the launcher has started it before.

    Raises:
        OSError: the folder can't be used, or another process has taken this rank's place.
    """

    def __init__(self, standing: Standing, judge: Judge, attempt: int = 0) -> None:
        self._standing, self._judge = standing, judge
        self._folder = standing.folder
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = _locked(self._folder / f"{standing.local}.alive")
        self.writer = Writer(self._path(standing.local, attempt), standing.rank, attempt)

    def settle(self, own: Record, is_hurried: Callable[[], bool]) -> Joined | None:
        """This rank has ended: what all of them found, if it falls to this one to tell it.

        Args:
            own: what it found.
            is_hurried: whether somebody wants this process to end now.
        """
        self.writer.end(own)
        if self._standing.is_guest:
            return None
        (self._folder / f"{self._standing.local}.ended").touch()
        began = time.monotonic()
        while True:
            with self._alone() as is_there:
                waited = math.inf if is_hurried() else time.monotonic() - began
                turn = self._turn(waited, failed=bool(own.status)) if is_there else Turn.NEVER
                if turn is Turn.NOW:
                    return self._tell()
            if turn is Turn.NEVER:
                return None
            time.sleep(_PAUSE)

    def _turn(self, waited: float, *, failed: bool) -> Turn:
        """Whether this rank, that has waited so many seconds, is to tell what all found."""
        if self._standing.local in self._told()["ranks"]:
            return Turn.NEVER
        if self._is_led():
            if not failed:
                return Turn.NEVER
            return Turn.NOW if waited > _LED * HURRY else Turn.LATER
        patience = HURRY if failed else PATIENCE
        return Turn.NOW if waited > patience or not self._pending(waited) else Turn.LATER

    def _is_led(self) -> bool:
        """Whether a lower rank lives that has told nothing yet."""
        told = self._told()["ranks"]
        lower = (local for local in range(self._standing.local) if local not in told)
        return any(self._state(local) in (State.RUNNING, State.ENDED) for local in lower)

    def _pending(self, waited: float) -> list[int]:
        """The other ranks that have not ended."""
        others = [local for local in range(self._standing.size) if local != self._standing.local]
        open_states = (State.RUNNING, State.ABSENT) if waited < HURRY else (State.RUNNING,)
        return [local for local in others if self._state(local) in open_states]

    def _tell(self) -> Joined:
        told = self._told()
        before: set[Mistake] = {(m[0], m[1], m[2], m[3], m[4]) for m in told["mistakes"]}
        joined = join(records_in(self._folder), judge=self._judge, told=before, is_last=not self._pending(HURRY))
        ended = [local for local in range(self._standing.size) if self._state(local) is State.ENDED]
        mistakes = sorted({*before, *map(mistake, joined.findings)}, key=str)
        text = json.dumps({"ranks": sorted({*told["ranks"], *ended}), "mistakes": mistakes})
        (self._folder / "told").write_text(text, encoding="utf-8")
        if joined.is_last:
            shutil.rmtree(self._folder, ignore_errors=True)
        return joined

    def _told(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads((self._folder / "told").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"ranks": [], "mistakes": []}
        return told

    def _state(self, local: int) -> State:
        if (self._folder / f"{local}.ended").exists() and (local == self._standing.local or self._lives(local)):
            return State.ENDED
        if not (self._folder / f"{local}.alive").exists():
            return State.ABSENT
        return State.RUNNING if self._lives(local) else State.GONE

    def _lives(self, local: int) -> bool:
        return locks.is_held(self._folder / f"{local}.alive")

    def _path(self, local: int, attempt: int) -> Path:
        return self._folder / f"{local}.{attempt}.{os.getpid()}.jsonl"

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """While it is on, no other rank decides; False where the folder is gone: all has been told."""
        try:
            descriptor = os.open(self._folder / "deciding", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            yield False
            return
        try:
            locks.take(descriptor, wait=True)
            yield self._folder.exists()
        finally:
            os.close(descriptor)


def records_in(folder: Path) -> list[Record]:
    """The records that ranks have left in a folder."""
    found = (read(path) for path in sorted(folder.glob("*.jsonl")))
    return [record for record in found if record is not None]


def _locked(path: Path) -> int:
    """A descriptor that holds a file's lock as long as this process lives; children don't inherit it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        locks.take(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor

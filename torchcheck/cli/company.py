"""The other processes of a run: ranks beside this one, and those that it starts itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.finding import Finding
from torchcheck.ranks.join import Joined, join
from torchcheck.ranks.meeting import Meeting, records_in
from torchcheck.ranks.record import Record
from torchcheck.ranks.standing import GUEST, standing

if TYPE_CHECKING:
    from torchcheck.probe.script import Outcome


class Company:
    """Who else has found something, and whether it falls to this process to tell it."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._rank: int | None = None
        self._meeting = self._meet()
        self._folder: Path | None = None

    def found(self, finding: Finding) -> None:
        """A finding was made here: keep it where the other ranks see it."""
        if self._meeting is not None:
            self._meeting.writer.found(finding)

    def folder(self) -> Path:
        """Where the processes that this one starts leave what they find."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="torchcheck-ranks-"))
        return self._folder

    def settle(self, outcome: Outcome, status: int, is_hurried: Callable[[], bool]) -> Joined | None:
        """What all processes found, once this one has ended; None where another one tells it.

        Args:
            outcome, status: how it ended.
            is_hurried: whether somebody wants this process to end now.
        """
        own = Record(
            self._rank,
            findings=list(outcome.findings),
            remarks=outcome.remarks,
            steps=outcome.steps,
            seconds=outcome.seconds,
            status=status,
        )
        started = records_in(self._folder) if self._folder is not None else []
        if started:
            own = _with(own, started, alone=self._meeting is None)
        if self._meeting is not None:
            return self._meeting.settle(own, is_hurried)
        return join([own, *started])

    def close(self) -> None:
        """Remove what was only needed while the run lasted."""
        if self._folder is not None and os.getpid() == self._process:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _meet(self) -> Meeting | None:
        here = standing(os.environ)
        if here is None:
            return None
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        try:
            meeting = Meeting(here, int(attempt) if attempt.isdecimal() else 0)
        except OSError:  # a process of a rank's own has its environment, and no place among the ranks
            return None
        self._rank = here.rank
        return meeting


def _with(own: Record, started: list[Record], *, alone: bool) -> Record:
    """A process together with those that it started. What only says that nothing was trained here does not count."""
    own.remarks = [] if not own.steps and not own.findings else own.remarks
    if alone:
        return own
    joined = join([own, *started])
    own.findings, own.remarks, own.steps = joined.findings, joined.remarks, joined.steps
    return own


def guest_environment(folder: Path) -> dict[str, str]:
    """What tells the ranks that a launcher starts to leave what they find in a folder."""
    return {GUEST: str(folder)}

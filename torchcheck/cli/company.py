"""The other processes of a run: ranks beside this one, and those that it starts itself."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.ranks.compare import judged
from torchcheck.ranks.join import Joined, join
from torchcheck.ranks.meeting import Meeting, records_in
from torchcheck.ranks.record import Record, Writer
from torchcheck.ranks.standing import GUEST, standing

if TYPE_CHECKING:
    from torchcheck.probe.script import Outcome
    from torchcheck.rules.base import Rule


class Company:
    """Who else has found something, and whether it falls to this process to tell it."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._judge = judged(rules)
        self._process = os.getpid()
        self._rank: int | None = None
        self._meeting = self._meet()
        self._folder: Path | None = None

    @property
    def keeper(self) -> Writer | None:
        """Keeps what is found here where the other ranks see it; None where there are none."""
        return self._meeting.writer if self._meeting is not None else None

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
            own = self._with(own, started)
        if self._meeting is not None:
            return self._meeting.settle(own, is_hurried)
        return join([own, *started], judge=self._judge)

    def close(self) -> None:
        """Remove what was only needed while the run lasted."""
        if self._folder is not None and os.getpid() == self._process:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _with(self, own: Record, started: list[Record]) -> Record:
        """A process and those that it started. What only says that nothing was trained here does not count."""
        own.remarks = [] if not own.steps and not own.findings else own.remarks
        if self._meeting is not None:
            joined = join([own, *started], judge=self._judge)
            own.findings, own.remarks, own.steps = joined.findings, joined.remarks, joined.steps
        return own

    def _meet(self) -> Meeting | None:
        here = standing(os.environ)
        if here is None:
            return None
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        try:
            meeting = Meeting(here, self._judge, int(attempt) if attempt.isdecimal() else 0)
        except OSError:  # a process of a rank's own has its environment, and no place among the ranks
            return None
        self._rank = here.rank
        return meeting


def guest_environment(folder: Path) -> dict[str, str]:
    """What tells the ranks that a launcher starts to leave what they find in a folder."""
    return {GUEST: str(folder)}

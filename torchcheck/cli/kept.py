"""The history of the run at hand, as far as it can be kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.history.folder import OF_RUN, forget_launches
from torchcheck.history.recorder import Command, Recorder, begin, trouble
from torchcheck.ranks.record import Record

if TYPE_CHECKING:
    from torchcheck.probe.script import Outcome


class Kept:
    """The record of this process; of nothing where no history is wanted, or where it can't be written.

    Args:
        runs: where runs are; None where no history is wanted.
        command: what is run.
    """

    def __init__(self, runs: Path | None, command: Command) -> None:
        self._runs = runs
        self._recorder: Recorder | None = None
        self._trouble: list[str] = []
        if runs is not None:
            try:
                self._recorder = begin(runs.absolute(), command, directory=_directory(command))
            except OSError as error:
                self._trouble.append(trouble(error))

    @property
    def folder(self) -> Path | None:
        """That of the run."""
        return self._recorder.folder if self._recorder is not None else None

    def hearers(self) -> list[Recorder]:
        """Who is to be told of the run."""
        return [self._recorder] if self._recorder is not None else []

    def environment(self) -> dict[str, str]:
        """What tells the ranks of a launcher to write into the same folder."""
        return {OF_RUN: str(self.folder)} if self.folder is not None else {}

    def end(self, outcome: Outcome) -> None:
        """The script has ended."""
        outcome.remarks.extend(self._trouble)
        self._trouble.clear()
        if self._recorder is not None:
            record = Record(
                None,
                findings=outcome.findings,
                remarks=outcome.remarks,
                steps=outcome.steps,
                seconds=outcome.seconds,
                status=outcome.status,
            )
            self._recorder.end(record, stopped=outcome.stopped, error=outcome.error)

    def close(self) -> None:
        """The command is over, however it ended."""
        if self._recorder is not None:
            self._recorder.close()
            if self._runs is not None and OF_RUN not in os.environ:
                forget_launches(self._runs, self._recorder.folder)


def _directory(command: Command) -> Path:
    """Where the code is."""
    folder = Path(command.words[0]).absolute().parent
    return folder if not command.is_module and folder.is_dir() else Path.cwd()

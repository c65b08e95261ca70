"""The history of a `torchcheck.watch`, and the loggers that it is told to."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torchcheck.finding import Finding
from torchcheck.history.folder import runs_directory
from torchcheck.history.recorder import Command, Recorder, begin, trouble
from torchcheck.ranks.record import Record


class WatchHistory:
    """What is kept of one watch.

    Args:
        history: whether a folder is left, or where all of them are.
        sinks: the loggers.

    Attributes:
        sinks: the loggers.
        remarks: why nothing is kept.
    """

    def __init__(self, history: bool | str | os.PathLike[str], sinks: Sequence[Any]) -> None:
        self.sinks = list(sinks)
        self.remarks: list[str] = []
        self._began = time.monotonic()
        self._recorder: Recorder | None = None
        if history is not False:
            try:
                self._recorder = begin(_runs(history), Command("watch", sys.argv), directory=_directory())
            except OSError as error:
                self.remarks.append(trouble(error))

    def hearers(self) -> list[Recorder]:
        """Who is to be told of the run, beside the sinks."""
        return [self._recorder] if self._recorder is not None else []

    def end(
        self,
        findings: Sequence[Finding],
        remarks: Sequence[str],
        steps: int,
        error: BaseException | None,
        *,
        stopped: bool,
    ) -> None:
        """The watch has ended."""
        if self._recorder is not None:
            failed = error is not None and not stopped
            seconds = time.monotonic() - self._began
            record = Record(
                None, findings=list(findings), remarks=list(remarks), steps=steps, seconds=seconds, status=int(failed)
            )
            self._recorder.end(record, stopped=stopped, error=error if failed else None)


def _runs(history: bool | str | os.PathLike[str]) -> Path:
    """Where all runs are."""
    if not isinstance(history, bool):
        return Path(history).absolute()
    from torchcheck.config import load

    return runs_directory(load(Path.cwd())).absolute()


def _directory() -> Path:
    """Where the code is: beside the script, where there is one."""
    script = Path(sys.argv[0] or ".").absolute()
    return script.parent if script.is_file() else Path.cwd()

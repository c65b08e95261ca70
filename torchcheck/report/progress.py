"""How far a long run has come, on a terminal and nowhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS = 2.0
_FILES = 50


class Advance(Protocol):
    """Is told after each file how many of them are done."""

    def __call__(self, done: int, total: int) -> None: ...


class ProgressBar:
    """Shows a bar on standard error once a run has taken two seconds and has fifty files, and wipes it at the end.

    `advance` may be called at any rate. Nothing is shown, and rich is not imported, where standard error is no terminal
    or in a CI job. There is no thread behind it, so processes may be forked while it is shown.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._start = clock()
        self._drawn = 0.0
        self._bar: Progress | None = None
        self._wanted = self._stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def advance(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are linted, ten times a second at most."""
        if not self._wanted or total < _FILES:
            return
        now = self._clock()
        if now - self._start < _SECONDS or now - self._drawn < 0.1:
            return
        self._drawn = now
        if self._bar is None:
            self._bar = _started(self._stream)
            self._bar.add_task("linting", total=total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total, refresh=True)


def _started(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        console=Console(file=stream, force_terminal=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.start()
    return bar

"""SIGTERM while a script runs, and after it: a batch system's time limit must not cost the findings."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

TERMINATED_EXIT = 143


class Terminated(KeyboardInterrupt):
    """SIGTERM: ends the script as Ctrl-C does."""


class Terminable:
    """While it is on, SIGTERM raises `Terminated` in the main thread.

    It stands back where anybody else handles the signal, and child processes die of it as ever. After the first
    signal the default is back: a script that swallows it can still be ended.

    Attributes:
        terminated: whether the signal came.
    """

    def __init__(self) -> None:
        self.terminated = False
        self._handler = self._terminate  # one object, to be known again
        self._on = False
        self._mask = threading.local()

    def __enter__(self) -> Terminable:
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._handler)
            self._on = True
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(before=self._hold, after_in_parent=self._let_go, after_in_child=self._in_child)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._restore()

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True
        self._restore()
        raise Terminated("SIGTERM")

    def _hold(self) -> None:
        """Let a signal wait that comes in the midst of a fork: the child would take it for us, and forget it."""
        if self._on:
            self._mask.before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

    def _let_go(self) -> None:
        before = self._mask.__dict__.pop("before", None)
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _in_child(self) -> None:
        self._restore()
        self._let_go()

    def _restore(self) -> None:
        """Put the default back, unless the script has put its own handler there."""
        if self._on and signal.getsignal(signal.SIGTERM) is self._handler:
            with suppress(ValueError):  # not in the main thread
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._on = False


class Deferred:
    """From `arm` until it is left, a signal that would end this process is only noted: it ends as soon as all is told.

    Attributes:
        came: whether one came.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: dict[int, Any] = {}
        self._handler = self._note  # one object, to be known again

    def __enter__(self) -> Deferred:
        return self

    def arm(self) -> None:
        """Begin, where signals can be handled at all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(OSError, ValueError):
                self._before.setdefault(number, signal.signal(number, self._handler))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            with suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.came = True

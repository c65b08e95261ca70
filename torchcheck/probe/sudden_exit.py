"""`os._exit`: ends a process without a word, and with it all that was found."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


class SuddenExit:
    """While it is on, `os._exit` of this process asks `before` for the exit status first. Children that were forked
    end as ever."""

    def __init__(self, before: Callable[[int], int]) -> None:
        self._before = before
        self._process = os.getpid()
        self._original: Callable[[int], object] = os._exit
        self._ours = self._exit  # one object, to be known again

    def arm(self) -> None:
        """Begin."""
        self._original = os._exit
        os._exit = self._ours  # type: ignore[assignment]

    def disarm(self) -> None:
        """Put the original back, unless somebody else has replaced it since."""
        if os._exit is self._ours:
            os._exit = self._original  # type: ignore[assignment]

    def _exit(self, status: int) -> None:
        if os.getpid() == self._process:
            self.disarm()
            try:
                status = self._before(status)
                for stream in (sys.stdout, sys.stderr):
                    stream.flush()
            except BaseException as error:
                print(f"torchcheck: error: what was found could not be told: {error}", file=sys.stderr)
        self._original(status)

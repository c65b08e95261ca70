"""Which thread of the program a session follows.

Torch writes a gradient without Python's lock while a backward runs. To read it from another thread at that moment would
corrupt memory, so a session looks only at what its own thread trains, and lets all other threads pass.
"""

from __future__ import annotations

import threading
from threading import get_ident


class Followed:
    """The thread that trains: the one where the watch began, or the first to run a backward if that one does not.

    Attributes:
        thread: its identity.
        trained: it has run a backward.
        crowded: another thread trains too. What is not known to be trained by the followed thread must not be read.
    """

    def __init__(self) -> None:
        self._home = self.thread = get_ident()
        self.trained = False
        self.crowded = False

    def here(self, *, trains: bool = False) -> bool:
        """Whether the calling thread is followed.

        Args:
            trains: it is about to run a backward.
        """
        ident = get_ident()
        if ident == self.thread:
            self.trained |= trains
            return True
        if not is_python_thread(ident):  # the engine's own: a hook of a backward that the followed thread runs
            return True
        if not trains:
            return not self.trained
        if self.trained and is_python_thread(self.thread):
            self.crowded = True
            if ident != self._home:
                return False
        self.thread, self.trained = ident, True
        return True


class Inside:
    """The threads that are within a certain call.

    Attributes:
        threads: their identities.
    """

    def __init__(self) -> None:
        self.threads: set[int] = set()

    def __bool__(self) -> bool:
        if not self.threads:
            return False
        ident = get_ident()
        return ident in self.threads or not is_python_thread(ident)

    def __enter__(self) -> None:
        self.threads.add(get_ident())

    def __exit__(self, *_: object) -> None:
        self.threads.discard(get_ident())


def is_python_thread(ident: int) -> bool:
    """Whether a living thread was started by Python, and not by torch's engine."""
    return any(thread.ident == ident and type(thread).__name__ != "_DummyThread" for thread in threading.enumerate())

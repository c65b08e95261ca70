"""Which of many events are kept where a file only grows."""

from __future__ import annotations


class Thinned:
    """Keeps the first 2000 events of a kind, every second one of the next 4000, every fourth of the next 8000...

    A run that lasts twice as long thus leaves 2000 events more: of a billion steps there are some 40 000.

    Args:
        full: the number after which only every second one is kept.
    """

    def __init__(self, full: int = 2000) -> None:
        self._full = full
        self._seen = self._kept = 0
        self._every = 1

    def keeps(self) -> bool:
        """Whether one more is kept."""
        kept = self._seen % self._every == 0
        self._seen += 1
        if kept:
            self._kept += 1
            if self._kept == self._full:
                self._kept, self._every = 0, 2 * self._every
                self._seen = 0
        return kept

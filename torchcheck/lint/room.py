"""What the linter asks of the Python that it runs in."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_RECURSION = 6000
_COLLECT_AFTER = 40
"""Pieces of work after which garbage is collected."""
_THAW_AFTER = 4
"""Collections after which all is looked through: what is let go by then may hold cycles of its own."""


@contextmanager
def room_to_work() -> Iterator[Callable[[], None]]:
    """Room for calls within calls: each call of the program takes a dozen frames of ours. And no garbage collector.

    Syntax trees hold no cycles, and looking for some among millions of nodes costs an eighth of parsing. Interpreters
    do: what is given is to be called after each piece of work.
    """
    limit, enabled, done = sys.getrecursionlimit(), gc.isenabled(), 0

    def tidy() -> None:
        nonlocal done
        done += 1
        if done % _COLLECT_AFTER == 0:
            if done % (_COLLECT_AFTER * _THAW_AFTER) == 0:
                gc.unfreeze()
            gc.collect()
            gc.freeze()  # what lives on, trees above all, holds no cycles and need not be looked through again

    gc.disable()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        yield tidy
    finally:
        sys.setrecursionlimit(limit)
        gc.unfreeze()
        if enabled:
            gc.enable()

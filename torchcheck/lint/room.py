"""What the linter asks of the Python that it runs in."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_RECURSION = 6000
_GARBAGE = 250_000
"""Containers made and not yet gone, after which those that refer to one another in circles are looked for."""
_ALL = 8
"""Every so many times among all containers, otherwise among those made since the last time."""


@contextmanager
def room_to_work() -> Iterator[Callable[[], None]]:
    """Room for calls within calls: each call of the program takes a dozen frames of ours. And no garbage collector.

    Syntax trees hold no cycles, and looking for some among millions of nodes costs an eighth of parsing. Interpreters
    do: what is given is to be called after each piece of work.
    """
    limit, enabled = sys.getrecursionlimit(), gc.isenabled()

    times = 0

    def tidy() -> None:
        nonlocal times
        if gc.get_count()[0] > _GARBAGE:
            times += 1
            gc.collect(0 if times % _ALL else 2)

    gc.disable()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        yield tidy
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()

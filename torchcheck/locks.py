"""Files that are locked as long as a process lives: whether it does is seen from outside, also after it was killed."""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

CAN_LOCK = fcntl is not None


def take(descriptor: int, *, wait: bool = False) -> None:
    """Hold the lock of an open file until this process ends or closes it; children don't inherit it.

    Raises:
        OSError: another process holds it, or the file system has no locks.
    """
    if fcntl is not None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_held(path: Path) -> bool:
    """Whether another process holds a file's lock; yes where that can't be known."""
    if not CAN_LOCK:
        return True
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        take(descriptor)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False

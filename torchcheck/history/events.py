"""Event files: one JSON object a line, each written at once, so that a process that is killed has lost nothing."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from torchcheck import locks

MOST_BYTES = 16 << 20
"""Size of a file from which on it takes only what few events say: findings, remarks, the end."""

_FREQUENT = ("sample", "test", "curve", "source")


class Writer:
    """Writes the events of this process. The file stays locked as long as it lives.

    Raises:
        OSError: the file can't be made.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o666)
        with suppress(OSError):  # without locks nobody sees that it runs
            locks.take(self._descriptor)
        self._process = os.getpid()
        self._began = time.monotonic()
        self._size = 0

    def write(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write one event. Raises OSError."""
        if os.getpid() != self._process or (self._size > MOST_BYTES and kind in _FREQUENT):
            return  # a forked child is no part of the run
        event = {"event": kind, "t": round(time.monotonic() - self._began, 3), **data}
        line = (json.dumps(_finite(event), separators=(",", ":"), default=str) + "\n").encode()
        self._size += os.write(self._descriptor, line)

    def close(self) -> None:
        """Let go of the file."""
        if os.getpid() == self._process:
            os.close(self._descriptor)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The events of a file. What is no whole event, a last line that was cut off say, is left out."""
    try:
        with open(path, "rb") as file:
            for line in file:
                event = _parsed(line)
                if event is not None:
                    yield event
    except OSError:
        return


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _finite(value: Any) -> Any:
    """JSON has no word for a number that is not finite: it becomes the string `nan`, `inf` or `-inf`."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value

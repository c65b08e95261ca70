"""The scales of weights, gradients and updates of a run: a file of their own, as they are large."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torchcheck.facts.trail import HEAD, Trail
from torchcheck.history.thinned import Thinned

MOST_BYTES = 16 << 20
_FULL = 200


class ScaleFile:
    """Samples as they come, ever fewer of them; the file is made with the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = os.getpid()
        self._thinned = Thinned(_FULL)
        self._size = 0

    def add(self, sample: Mapping[str, Any]) -> None:
        """One more, as `facts.trail.sample_to_json` gives it. Raises OSError."""
        if os.getpid() != self._process or self._size > MOST_BYTES or not self._thinned.keeps():
            return
        head = "" if self._size else f"{json.dumps(HEAD)}\n"
        data = f"{head}{json.dumps(sample, separators=(',', ':'))}\n".encode()
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            self._size += os.write(descriptor, data)
        finally:
            os.close(descriptor)


def read_scales(folder: Path, who: str) -> Trail:
    """What a process of a run has left; empty where it is nothing. A last line that was cut off is left out."""
    for path in sorted(folder.glob(f"{who}.*.scales")):
        try:
            text = path.read_text(encoding="utf-8")
            return Trail.from_json_lines(text[: text.rfind("\n") + 1].splitlines())
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return Trail()

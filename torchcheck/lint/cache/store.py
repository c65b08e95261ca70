"""Entries in a directory. Whatever is wrong with one, it is as if it were not there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds a cache of torchcheck; it can be deleted.\n"
_DAYS, _BYTES = 30, 200_000_000
"""How long an entry is kept that nobody asks for, and how large the folder may become."""


class Store:
    """JSON by name. It is read as data and never run, so that nobody can plant a program in it.

    Args:
        directory: where the entries are; made when the first is saved.
        salt: what all entries depend on; with another, there are others.
    """

    def __init__(self, directory: Path, salt: str) -> None:
        self._directory = directory
        self._salt = salt
        self._usable = True

    def load(self, name: str) -> Any:
        """An entry; None where there is none that is whole."""
        try:
            with open(self._path(name), "rb") as file:
                head, _, body = file.read().partition(b"\n")
            return json.loads(body) if head.decode() == _sum(body) else None
        except (OSError, ValueError, RecursionError):
            return None

    def save(self, name: str, data: Any) -> None:
        """Keep an entry, if that can be done; another run sees the old one or all of the new one."""
        if not self._usable:
            return
        body = json.dumps(data, separators=(",", ":")).encode()
        temporary = ""
        try:
            self._prepare()
            handle, temporary = tempfile.mkstemp(dir=self._directory, prefix=".new-")
            with os.fdopen(handle, "wb") as file:
                file.write(_sum(body).encode() + b"\n" + body)
            os.replace(temporary, self._path(name))
        except OSError:
            self._usable = False
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def prune(self) -> None:
        """Once a day drop what nobody has asked for, or the oldest where there is too much."""
        stamp = self._directory / ".pruned"
        now = time.time()
        try:
            if stamp.exists() and now - stamp.stat().st_mtime < 86400:
                return
            stamp.touch()
            entries = sorted(_entries(self._directory), reverse=True)
            size = 0
            for used, path, length in entries:
                size += length
                if now - used > _DAYS * 86400 or size > _BYTES:
                    os.unlink(path)
        except OSError:
            return

    def touch(self, name: str) -> None:
        """An entry was of use."""
        with contextlib.suppress(OSError):
            os.utime(self._path(name))

    def _path(self, name: str) -> str:
        key = hashlib.blake2b(f"{self._salt}\0{name}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return os.path.join(self._directory, f"{key}.json")

    def _prepare(self) -> None:
        if (self._directory / "CACHEDIR.TAG").exists():
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / ".gitignore").write_text("*\n")
        (self._directory / "CACHEDIR.TAG").write_text(_TAG)


def _entries(directory: Path) -> list[tuple[float, str, int]]:
    found = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(".json") or entry.name.startswith(".new-"):
                status = entry.stat(follow_symlinks=False)
                found.append((status.st_mtime, entry.path, status.st_size))
    return found


def _sum(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()

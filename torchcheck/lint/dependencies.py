"""What a result of the linter depended on beside its own file: contents of files, and names in directories."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from torchcheck.lint.directories import Directories
from torchcheck.records import record
from torchcheck.textfile import read_file

GONE = ""
"""The digest of a file that can't be read."""


def digest(data: bytes) -> str:
    """A fingerprint of some content."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@record
class Dependencies:
    """Everything outside a file that a result was made from.

    Attributes:
        files: the digests of files, by absolute path.
        names: for each directory, the names that were looked up in it, and what they were; absent ones too.
    """

    files: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, other: Dependencies) -> None:
        """Take in what something else depended on."""
        self.files |= other.files
        for directory, names in other.names.items():
            self.names.setdefault(directory, {}).update(names)

    def hold(self, world: World) -> bool:
        """Whether all of it is still as it was."""
        return all(world.digest(path) == known for path, known in self.files.items()) and all(
            world.directories.kind(directory, name) == known
            for directory, names in self.names.items()
            for name, known in names.items()
        )

    def to_json(self) -> dict[str, Any]:
        return {"files": self.files, "names": self.names}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Dependencies:
        return cls(dict(data["files"]), {directory: dict(names) for directory, names in data["names"].items()})


class World:
    """The files and directories of this moment; each is read once."""

    def __init__(self) -> None:
        self.directories = Directories()
        self._digests: dict[str, str] = {}

    def digest(self, path: str) -> str:
        """The digest of a file's content."""
        if path not in self._digests:
            with suppress(OSError, ValueError):  # `read` has noted it
                self.read(path)
        return self._digests[path]

    def read(self, path: str) -> bytes:
        """The content of a file; from now on its digest is that of what was read. Raises OSError or ValueError."""
        try:
            data = read_file(Path(path))
        except (OSError, ValueError):  # no file, or no name that a file can have
            self._digests[path] = GONE
            raise
        self._digests[path] = digest(data)
        return data

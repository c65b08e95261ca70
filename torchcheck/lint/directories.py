"""What directories hold. Each is read once."""

from __future__ import annotations

import os

FILE, FOLDER, NOTHING = "f", "d", ""
_MANY = 5000
"""Entries of a directory that are read at once; of a larger one (a data set) single names are asked for instead."""


class Directories:
    """The kinds of names in directories. What can't be read holds nothing."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, str] | None] = {}  # None: too many to list, or not to be listed

    def kind(self, directory: str, name: str) -> str:
        """What a name in a directory is."""
        if directory not in self._kinds:
            self._kinds[directory] = _listing(directory)
        kinds = self._kinds[directory]
        return kinds.get(name, NOTHING) if kinds is not None else _kind(os.path.join(directory, name))


def _listing(directory: str) -> dict[str, str] | None:
    kinds: dict[str, str] = {}
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if len(kinds) == _MANY:
                    return None
                kinds[entry.name] = _kind_of(entry)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError:
        return None
    return kinds


def _kind_of(entry: os.DirEntry[str]) -> str:
    try:
        return FOLDER if entry.is_dir() else FILE if entry.is_file() else NOTHING
    except OSError:  # a link to itself
        return NOTHING


def _kind(path: str) -> str:
    return FOLDER if os.path.isdir(path) else FILE if os.path.isfile(path) else NOTHING

"""The files of a project: each is read when it is needed, under the name that the user gave it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from torchcheck.lint.dependencies import GONE, Dependencies, World
from torchcheck.lint.imports import Imports
from torchcheck.lint.source import SourceFile, Unreadable, decode
from torchcheck.reading import markdown

_KEPT = 900_000
"""Characters of source text that stay in memory, parsed, from one piece of work to the next."""
_NEIGHBOURS = 200
"""Entries of a directory that are looked at."""


class Project:
    """Programs by key: the absolute path of the file, with `#row` for the blocks of a page. Nothing is ever imported.

    It remembers what was asked of it, so that a result can be kept together with all that it depends on.

    Args:
        sources: contents that override what is on disk, by path.
        names: how the user calls files, by absolute path; others are named relative to the working directory.
        world: what is on disk.
    """

    def __init__(
        self,
        sources: Mapping[Path, str | bytes],
        names: Mapping[str, str] | None = None,
        world: World | None = None,
    ) -> None:
        self.world = world or World()
        self._sources = {os.path.abspath(path): data for path, data in sources.items()}
        self._names = names or {}
        self._files: dict[str, SourceFile | None] = {}
        self._imports = Imports(self.world.directories, self._sources)
        self._read: set[str] = set()

    def begin(self) -> None:
        """Begin a piece of work: forget what was asked so far, and files beyond what memory should hold."""
        self._imports.begin()
        self._read = set()
        size = sum(len(file.text) for file in self._files.values() if file is not None)
        for key in list(self._files):
            if size <= _KEPT:
                break
            file = self._files.pop(key)
            size -= len(file.text) if file is not None else 0

    def dependencies(self) -> Dependencies:
        """What the piece of work has asked for."""
        digests = {path: GONE if path in self._sources else self.world.digest(path) for path in self._read}
        return Dependencies(digests, self._imports.asked())

    def depend(self, path: str) -> None:
        """The piece of work depends on a file that was read before."""
        self._read.add(path)

    def programs(self, path: Path) -> dict[str, SourceFile]:
        """The programs of a file to report on, under the name that the user gave: one, or the blocks of a page.

        Raises:
            Unreadable: the file can't be read.
        """
        key = os.path.abspath(path)
        if str(path).lower().endswith(markdown.SUFFIXES):
            data = self._data(key)
            page = data if isinstance(data, str) else decode(data, declared=False)
            whole = SourceFile(path, page, range(1))
            found = [] if whole.is_too_large else markdown.blocks(page)
            blocks = [SourceFile(path, block.text, block.rows) for block in found]
            programs = {f"{key}#{block.rows.start}": block for block in blocks if block.rows}
            if whole.is_too_large:
                programs[key] = whole
        else:
            programs = {key: SourceFile(path, self._data(key))}
        self._files |= programs
        return programs

    def load(self, key: str) -> SourceFile | None:
        """A program that is interpreted or imported; None where it can't be read."""
        if key in self._files:
            self._read.add(_path(key))
            file = self._files.pop(key)
        else:
            file = self._loaded(key)
        self._files[key] = file  # the one used last comes last
        return file

    def neighbours(self, key: str) -> Iterator[str]:
        """The texts of the other Python files in the directory of a program."""
        own = _path(key)
        directory = os.path.dirname(own)
        with suppress(OSError):
            for name in sorted(os.listdir(directory))[:_NEIGHBOURS]:
                path = os.path.join(directory, name)
                if name.endswith(".py") and path != own:
                    with suppress(Unreadable):
                        data = self._data(path)
                        yield data if isinstance(data, str) else decode(data)

    def forget(self, key: str) -> None:
        """Drop a program: nobody will ask for it soon."""
        self._files.pop(key, None)

    def find(self, importer: str, module: str, level: int = 0) -> str | None:
        """The absolute path of the file that `module` means where `importer` imports it, or of its `__init__.py`.

        None where it is not a file of the project.
        """
        return self._imports.find(importer, module, level)

    def _loaded(self, key: str) -> SourceFile | None:
        path = _path(key)
        page = path != key
        name = Path(self._names[path] if path in self._names else os.path.relpath(path))
        try:
            file = self.programs(name).get(key) if page else SourceFile(name, self._data(path))
            if file is not None and page:
                file.look()
        except Unreadable:
            return None
        return file

    def _data(self, key: str) -> str | bytes:
        """Raises Unreadable."""
        self._read.add(key)
        if key in self._sources:
            return self._sources[key]
        try:
            return self.world.read(key)
        except (OSError, ValueError) as error:
            raise Unreadable(f"it can't be opened ({getattr(error, 'strerror', None) or error})") from None


def _path(key: str) -> str:
    """The file of a program."""
    path, _, row = key.rpartition("#")
    return path if row.isdigit() and path.lower().endswith(markdown.SUFFIXES) else key


def unreadable_parts(filename: str, text: str) -> int:
    """How many programs and cells of a file can't be read."""
    path = Path(filename)
    try:
        programs = Project({path: text}).programs(path).values()
    except Unreadable:
        return 1
    return sum(len(file.broken) + (not _is_readable(file)) for file in programs)


def _is_readable(file: SourceFile) -> bool:
    try:
        file.look()
    except Unreadable:
        return False
    return True

"""Which file an import means. Every name that was looked up on the way is remembered, whether it was there or not."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection

from torchcheck.lint.directories import FILE, FOLDER, NOTHING, Directories

_FOREIGN = frozenset(sys.stdlib_module_names) | {"torch", "numpy", "pandas"}
"""Packages that are never the project's own."""
_ROOT_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")
_CLIMB = 6
"""Directories above a file that are searched for what it imports, unless a project marker ends the search."""

_Import = tuple[str, str, int]
"""The directory of the importing file, the module, and the leading dots."""
_Asked = list[tuple[str, str]]
"""Directories, and a name in each."""


class Imports:
    """Files by the names that import them.

    Args:
        directories: what is on disk.
        sources: files that are there whatever the disk says, by absolute path.
    """

    def __init__(self, directories: Directories, sources: Collection[str]) -> None:
        self._directories = directories
        self._sources = sources
        self._roots: dict[str, tuple[list[str], _Asked]] = {}
        self._resolved: dict[_Import, tuple[str | None, _Asked]] = {}
        self._used: set[_Import] = set()

    def begin(self) -> None:
        """Forget which imports were asked for."""
        self._used = set()

    def asked(self) -> dict[str, dict[str, str]]:
        """The names that were looked up for imports since `begin`, by directory, and what they are."""
        found: dict[str, dict[str, str]] = {}
        for key in self._used:
            for directory, name in self._resolved[key][1]:
                names = found.setdefault(directory, {})
                if name not in names:
                    names[name] = self._directories.kind(directory, name)
        return found

    def find(self, importer: str, module: str, level: int) -> str | None:
        """See `Project.find`."""
        directory = os.path.dirname(importer)
        key = (directory, module, level)
        self._used.add(key)
        if key not in self._resolved:
            asked: _Asked = []
            self._resolved[key] = self._find(directory, module, level, asked), asked
        return self._resolved[key][0]

    def _find(self, directory: str, module: str, level: int, asked: _Asked) -> str | None:
        if level:
            for _ in range(level - 1):
                directory = os.path.dirname(directory)
            return self._module_file(directory, module, asked)
        if not module or module.partition(".")[0] in _FOREIGN:
            return None
        for root in self._search_path(directory, asked):
            if (found := self._module_file(root, module, asked)) is not None:
                return found
        return None

    def _module_file(self, root: str, module: str, asked: _Asked) -> str | None:
        *packages, last = module.split(".")
        for package in packages:
            if self._kind(root, package, asked) != FOLDER:
                return None
            root = os.path.join(root, package)
        if last and self._kind(root, f"{last}.py", asked) == FILE:
            return os.path.join(root, f"{last}.py")
        if last and self._kind(root, last, asked) != FOLDER:
            return None
        folder = os.path.join(root, last) if last else root
        return os.path.join(folder, "__init__.py") if self._kind(folder, "__init__.py", asked) == FILE else None

    def _kind(self, directory: str, name: str, asked: _Asked) -> str:
        if self._sources:
            path = os.path.join(directory, name)
            if path in self._sources:
                return FILE
            if any(source.startswith(path + os.sep) for source in self._sources):
                return FOLDER
        asked.append((directory, name))
        return self._directories.kind(directory, name)

    def _search_path(self, directory: str, asked: _Asked) -> list[str]:
        if directory not in self._roots:
            climbed: _Asked = []
            self._roots[directory] = self._climb(directory, climbed), climbed
        roots, climbed = self._roots[directory]
        asked += climbed
        return roots

    def _climb(self, directory: str, asked: _Asked) -> list[str]:
        roots = []
        for _ in range(_CLIMB):
            roots.append(directory)
            if self._kind(directory, "src", asked) == FOLDER:
                roots.append(os.path.join(directory, "src"))
            in_package = self._kind(directory, "__init__.py", asked) == FILE
            markers = [self._kind(directory, marker, asked) for marker in _ROOT_MARKERS]
            is_root = any(kind != NOTHING for kind in markers)
            parent = os.path.dirname(directory)
            if parent == directory or (is_root and not in_package):
                break
            directory = parent
        return roots

"""Which files to lint: the paths that were asked for, less what is excluded or ignored by git."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.errors import UsageError
from torchcheck.textfile import read_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

DEFAULT_EXCLUDE = (
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".torchcheck",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)

SUFFIXES = (".py", ".ipynb")
"""What is looked for in directories."""


class Patterns:
    """Paths by gitignore patterns, relative to a directory."""

    def __init__(self, root: Path, patterns: Iterable[str]) -> None:
        self._root = os.path.realpath(root)
        patterns = tuple(patterns)
        self._names = frozenset(pattern for pattern in patterns if not set(pattern) & set("/*?[!\\#"))
        rest = [pattern for pattern in patterns if pattern not in self._names]
        self._spec = _compile(rest) if rest else None

    def match(self, path: str, *, is_dir: bool = False) -> bool:
        """Whether the path, or a directory between it and the root, fits a pattern."""
        relative = _relative(os.path.realpath(path), self._root)
        if relative is None:  # elsewhere: only the name can speak
            relative = os.path.basename(path)
        return not self._names.isdisjoint(relative.split("/")) or self._fits(relative, is_dir)

    def match_below(self, real: str, *, is_dir: bool = False) -> bool:
        """The same for a resolved path whose directories were let pass already."""
        if os.path.basename(real) in self._names:
            return True
        relative = _relative(real, self._root)
        return self._fits(os.path.basename(real) if relative is None else relative, is_dir)

    def names_only(self) -> Patterns:
        """The patterns that are plain names."""
        return Patterns(Path(self._root), self._names)

    def _fits(self, relative: str, is_dir: bool) -> bool:
        return self._spec is not None and self._spec.match_file(relative + "/" * is_dir)


@dataclass(frozen=True, slots=True)
class Files:
    """The files to lint, and those that were named but skipped, with the reason."""

    paths: list[Path]
    skipped: list[tuple[Path, str]] = field(default_factory=list)


def find_files(
    paths: Sequence[str], exclude: Sequence[Patterns], *, force_exclude: bool = False, gitignore: bool = True
) -> Files:
    """The Python files and notebooks below the given files and directories, in a stable order, without repeats.

    A file that is named is linted whatever it is called and wherever it lies, unless `force_exclude`. What git ignores
    is left out, unless `gitignore` is False.

    Raises:
        UsageError: a path does not exist.
    """
    found: dict[str, Path] = {}
    skipped: list[tuple[Path, str]] = []
    for name in paths:
        if not os.path.exists(name):
            raise UsageError(f"no such file or directory: {name}")
        if force_exclude and _matches(exclude, name, is_dir=os.path.isdir(name)):
            skipped.append((Path(name), "excluded"))
        elif os.path.isdir(name):
            for path in _walk(os.path.normpath(name), exclude, gitignore=gitignore):
                found.setdefault(os.path.realpath(path), Path(path))
        else:
            found.setdefault(os.path.realpath(name), Path(os.path.normpath(name)))
    return Files(list(found.values()), skipped)


def _matches(exclude: Sequence[Patterns], path: str, *, is_dir: bool) -> bool:
    return any(patterns.match(path, is_dir=is_dir) for patterns in exclude)


def _walk(top: str, exclude: Sequence[Patterns], *, gitignore: bool) -> Iterator[str]:
    """What to lint below a directory. One that is named is searched even if it is itself excluded or ignored."""
    real_top = os.path.realpath(top)
    ignores = _IgnoreStack.above(real_top)
    if ignores.ignored(real_top, is_dir=True):
        ignores = _IgnoreStack()
    exclude = [p.names_only() if p.match(real_top, is_dir=True) else p for p in exclude]
    stacks = {os.path.dirname(top): ignores}
    for directory, subdirectories, names in os.walk(top):
        real = os.path.join(real_top, os.path.relpath(directory, top)) if directory != top else real_top
        above = stacks[os.path.dirname(directory)]
        ignores = stacks[directory] = above.enter(real) if gitignore else _IgnoreStack()
        subdirectories[:] = [name for name in sorted(subdirectories) if not _skips(real, name, exclude, ignores)]
        for name in sorted(names):
            path = os.path.join(real, name)
            if name.endswith(SUFFIXES) and not _left_out(path, exclude, ignores) and os.path.isfile(path):
                yield os.path.normpath(os.path.join(directory, name))


def _left_out(real: str, exclude: Sequence[Patterns], ignores: _IgnoreStack, *, is_dir: bool = False) -> bool:
    return any(p.match_below(real, is_dir=is_dir) for p in exclude) or ignores.ignored(real, is_dir=is_dir)


def _skips(directory: str, name: str, exclude: Sequence[Patterns], ignores: _IgnoreStack) -> bool:
    path = os.path.join(directory, name)
    is_environment = os.path.exists(os.path.join(path, "pyvenv.cfg"))
    return is_environment or _left_out(path, exclude, ignores, is_dir=True)


@dataclass(frozen=True, slots=True)
class _IgnoreStack:
    """The `.gitignore` files that speak of one directory, outermost first."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    @classmethod
    def above(cls, top: str) -> _IgnoreStack:
        """Those above a directory, up to the root of its repository; none outside a repository."""
        chain = [top]
        while not os.path.exists(os.path.join(chain[-1], ".git")):
            parent = os.path.dirname(chain[-1])
            if parent == chain[-1]:
                return cls()
            chain.append(parent)
        stack = cls()
        for directory in reversed(chain[1:]):
            stack = stack.enter(directory)
        return stack

    def enter(self, directory: str) -> _IgnoreStack:
        """The stack in a directory below: with its own file, if it has one."""
        try:
            text = read_file(Path(directory, ".gitignore")).decode("utf-8", errors="replace")
        except OSError:
            return self
        return _IgnoreStack((*self.specs, (directory, _compile(text.splitlines()))))

    def ignored(self, real: str, *, is_dir: bool = False) -> bool:
        """What the innermost file that speaks of this resolved path says."""
        for root, spec in reversed(self.specs):
            verdict = spec.check_file((_relative(real, root) or "") + "/" * is_dir).include
            if verdict is not None:
                return verdict
        return False


def _compile(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def _relative(path: str, root: str) -> str | None:
    """The path from the root with forward slashes; None if it does not lie below."""
    prefix = root.rstrip(os.sep) + os.sep
    if path == root:
        return ""
    return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else None

"""Which files `torchcheck lint` looks at, by its options and settings."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from torchcheck.cli.lint_options import start
from torchcheck.cli.output import note
from torchcheck.config import Settings
from torchcheck.discovery import DEFAULT_EXCLUDE, Files, Patterns, find_files

_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")
"""What the top directory of a project holds."""


def read_stdin(options: Namespace) -> dict[str, bytes]:
    """Standard input by the name that findings give it; empty if it is not asked for."""
    return {options.stdin_filename or "<stdin>": sys.stdin.buffer.read()} if options.paths == ["-"] else {}


def files(options: Namespace, chosen: Settings, stdin: Mapping[str, bytes]) -> list[Path]:
    """The files to lint. What is skipped for another reason than an exclusion is noted."""
    if stdin:
        (name,) = stdin
        hidden = chosen.force_exclude and any(patterns.match(name) for patterns in _exclusions(options, chosen))
        return [] if hidden else [Path(name)]
    found = find(options, chosen)
    for path, reason in found.skipped:
        if reason != "excluded":
            note(f"{path}: skipped: {reason}")
    if options.changed_only:
        from torchcheck.cli.changed import only_changed

        return only_changed(found.paths, start(options), options.base)
    return found.paths


def find(options: Namespace, chosen: Settings) -> Files:
    """The files below the paths, whether they have changed or not, and what is skipped."""
    exclude = _exclusions(options, chosen)
    return find_files(
        options.paths or ["."], exclude, force_exclude=chosen.force_exclude, gitignore=chosen.respect_gitignore
    )


def _exclusions(options: Namespace, chosen: Settings) -> list[Patterns]:
    """What the settings leave out, and what the command line does."""
    given = Patterns(Path.cwd(), (*(options.exclude or ()), *(options.extend_exclude or ())))
    return [_exclusion(options, chosen), given]


def _exclusion(options: Namespace, chosen: Settings) -> Patterns:
    """What the configuration, or the default, leaves out."""
    base = () if options.exclude is not None else DEFAULT_EXCLUDE if chosen.exclude is None else chosen.exclude
    return Patterns(chosen.root, (*base, *chosen.extend_exclude))


def is_partial(options: Namespace) -> bool:
    """Whether files are linted without others of their project: then what calls them is not known."""
    return options.changed_only or not all(map(_is_project, options.paths or ["."]))


def _is_project(path: str) -> bool:
    """Whether a path is a directory that lies in no larger project."""
    top = Path(path).resolve()
    marked = [folder for folder in (top, *top.parents) if any((folder / name).exists() for name in _PROJECT)]
    return top.is_dir() and (not marked or marked[0] == top)

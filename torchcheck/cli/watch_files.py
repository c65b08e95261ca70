"""`torchcheck lint --watch`: lint again whenever a file changes, by looking at the files from time to time."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path

from torchcheck.cli.lint_options import start
from torchcheck.cli.lint_paths import find
from torchcheck.cli.output import closing
from torchcheck.cli.parser import settings
from torchcheck.config import FILE_NAMES
from torchcheck.errors import UsageError
from torchcheck.report.source import forget
from torchcheck.report.text import counted, shown_path

_PAUSE = 0.5
_SHARE = 10
"""A look that takes long is followed by a pause that is so many times longer: watching is to cost a tenth of a core."""

States = dict[str, tuple[int, int, int]]
"""What tells the contents of a file apart, by path: when it was changed, how long it is, which file it is."""


def watch(options: Namespace, lint: Callable[[], int]) -> int:
    """Lint, and again after each change, until Ctrl-C.

    Returns:
        The exit code of the last run.

    Raises:
        UsageError: the first run can't be made. Later ones say what is wrong and wait for the next change.
    """
    status = 0
    try:
        seen = _look(options)
        status = lint()
        while True:
            closing(f"watching {counted(len(seen), 'file')}; Ctrl-C ends")
            changed, seen = _wait(options, seen)
            closing(f"\n--- {time.strftime('%H:%M:%S')} {_told(changed)} ---")
            forget()
            try:
                status = lint()
            except UsageError as error:
                print(f"torchcheck: error: {error}", file=sys.stderr)
                status = 2
            sys.stdout.flush()
    except KeyboardInterrupt:
        return status


def _wait(options: Namespace, seen: States) -> tuple[list[str], States]:
    """The files that have changed since they were seen, and how they are now."""
    while True:
        begun = time.monotonic()
        now = _look(options)
        if now != seen:
            return sorted(path for path in {*now, *seen} if now.get(path) != seen.get(path)), now
        time.sleep(max(_PAUSE, _SHARE * (time.monotonic() - begun)))


def _look(options: Namespace) -> States:
    """How the files are: those that are linted, those beside them, and the configuration."""
    watched = [value for value in options.config if "=" not in value]
    if not options.isolated:
        watched += _configurations(start(options))
    try:
        chosen = settings(options, start(options))
        watched += [str(path) for path in find(options, chosen).paths]
        if baseline := options.baseline or (chosen.baseline and str(chosen.root / chosen.baseline)):
            watched.append(baseline)
    except UsageError:  # what is wrong is said when it is linted
        pass
    for path in options.paths:
        if not os.path.isdir(path):
            watched += _beside(path)
    return dict(_states(watched))


def _configurations(directory: Path) -> list[str]:
    directory = directory.resolve()
    return [str(parent / name) for parent in (directory, *directory.parents) for name in FILE_NAMES]


def _beside(path: str) -> list[str]:
    """The sources in the directory of a file: it may import them."""
    directory = os.path.dirname(path) or "."
    try:
        return [os.path.join(directory, name) for name in os.listdir(directory) if name.endswith(".py")]
    except OSError:
        return []


def _states(paths: Iterable[str]) -> Iterable[tuple[str, tuple[int, int, int]]]:
    for path in paths:
        try:
            found = os.stat(path)
        except OSError:
            continue
        yield os.path.abspath(path), (found.st_mtime_ns, found.st_size, found.st_ino)


def _told(changed: list[str]) -> str:
    others = f" and {counted(len(changed) - 1, 'other')}" if len(changed) > 1 else ""
    return f"{shown_path(changed[0])}{others} changed"

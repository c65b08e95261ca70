"""The folders of runs: where they are, how one is made, and how the ranks of a launch find theirs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from torchcheck.ranks.standing import standing

if TYPE_CHECKING:
    from torchcheck.config import Settings

DEFAULT = ".torchcheck/runs"
DIRECTORY = "TORCHCHECK_HISTORY_DIR"
"""Names the folder of all runs, in place of what the settings say."""

OF_RUN = "TORCHCHECK_HISTORY_RUN"
"""Names the folder of the run that a process is a part of."""

_TRIES = 20
_PATIENCE = 2.0


def runs_directory(chosen: Settings, option: str | None = None) -> Path:
    """Where the runs of a project are: as the option says, or the environment, or the settings."""
    given = option or os.environ.get(DIRECTORY)
    return Path(given) if given else chosen.root / (chosen.history_dir or DEFAULT)


def make_run(runs: Path) -> Path:
    """A folder for one run, that no other process has. Raises OSError."""
    runs.mkdir(parents=True, exist_ok=True)
    ignore = runs / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            folder = runs / f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{os.urandom(2).hex()}"
            folder.mkdir()
            return folder
    raise FileExistsError(f"{runs}: too many runs begin at once")


def run_folders(runs: Path) -> list[Path]:
    """All runs, the oldest first."""
    try:
        return sorted(path for path in runs.iterdir() if path.is_dir() and any(path.glob("*.jsonl")))
    except OSError:
        return []


def shared_run(runs: Path, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """The folder for this process, and whether it is the first in it: the ranks of one launch share theirs.

    Raises:
        OSError: it can't be made.
    """
    if environ.get(OF_RUN):
        return Path(environ[OF_RUN]), False
    here = standing(environ)
    if here is None or here.is_guest or here.size < 2:
        return make_run(runs), True
    runs.mkdir(parents=True, exist_ok=True)
    attempt = 0
    while True:
        sign = runs / f".launch-{here.folder.name.rpartition('-')[2]}-{attempt}"
        found, is_first = _at(sign, runs)
        if is_first or not any(found.glob(f"rank{here.rank}.*.jsonl")):
            return found, is_first
        attempt += 1  # of an earlier launch that looked the same


def _at(sign: Path, runs: Path) -> tuple[Path, bool]:
    """The run that a file names; who makes the file makes the run."""
    try:
        descriptor = os.open(sign, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        return _named_by(sign, runs), False
    try:
        folder = make_run(runs)
        os.write(descriptor, f"{folder.name}\n".encode())
    finally:
        os.close(descriptor)
    return folder, True


def _named_by(sign: Path, runs: Path) -> Path:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        name = sign.read_text(encoding="utf-8")
        if name.endswith("\n") and (runs / name.strip()).is_dir():
            return runs / name.strip()
        time.sleep(0.02)
    raise TimeoutError(f"{sign}: the rank that came first has named no folder")


def forget_launches(runs: Path, folder: Path) -> None:
    """Remove what told the ranks of a run where it is."""
    for sign in runs.glob(".launch-*"):
        with suppress(OSError):
            if sign.read_text(encoding="utf-8").strip() == folder.name:
                sign.unlink()

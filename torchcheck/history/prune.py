"""Which old runs go, and that they do."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from torchcheck.history.folder import forget_launches
from torchcheck.history.run import Run


def chosen(runs: Sequence[Run], *, keep: int | None, older_than: timedelta | None) -> list[Run]:
    """The runs to remove; one that is running never is.

    Args:
        runs: all of them, the oldest first.
        keep: how many of the newest stay, whatever their age.
        older_than: only those that began longer ago go.
    """
    old = list(runs if not keep else runs[:-keep])
    if older_than is not None:
        limit = datetime.now(timezone.utc) - older_than
        old = [run for run in old if _age(run) < limit]
    return [run for run in old if not run.is_running]


def size(folder: Path) -> int:
    """Bytes of its files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def remove(run: Run) -> None:
    """Remove the folder of a run. Raises OSError."""
    shutil.rmtree(run.folder)
    forget_launches(run.folder.parent, run.folder)


def _age(run: Run) -> datetime:
    """When it began; of one that lost its start, when its folder was last written to."""
    return run.began or datetime.fromtimestamp(run.folder.stat().st_mtime, timezone.utc)

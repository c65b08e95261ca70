"""Which run a user means."""

from __future__ import annotations

import re
from pathlib import Path

from torchcheck.errors import UsageError
from torchcheck.history.folder import run_folders

_SHOWN = 3


def find_run(runs: Path, name: str) -> Path:
    """The run of this name: its id, a beginning or end that no other has, `last`, or `last~1` for the one before.

    Raises:
        UsageError: there is none, or several.
    """
    folders = run_folders(runs)
    if not folders:
        raise UsageError(f"there are no runs in {runs}")
    back = re.fullmatch(r"last(?:~(\d+))?", name)
    if back is not None:
        number = int(back[1] or 0)
        if number >= len(folders):
            raise UsageError(f"`{name}`: there {_are(len(folders))} in {runs}")
        return folders[-1 - number]
    found = [folder for folder in folders if folder.name.startswith(name) or folder.name.endswith(f"-{name}")]
    if not found or not name:
        raise UsageError(f"no run `{name}` in {runs}; `torchcheck history list` shows them")
    if len(found) > 1 and name not in [folder.name for folder in found]:
        shown = ", ".join(folder.name for folder in found[-_SHOWN:])
        raise UsageError(f"`{name}` stands for {len(found)} runs ({'… ' * (len(found) > _SHOWN)}{shown}); name one")
    return found[-1]


def _are(count: int) -> str:
    return "is 1 run" if count == 1 else f"are {count} runs"

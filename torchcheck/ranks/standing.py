"""Which of several processes this one is, as its launcher says in the environment."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GUEST = "TORCHCHECK_RANKS"
"""Names the folder in which ranks leave what they found; who made it tells it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rank among those that a launcher started on this machine.

    Attributes:
        rank: its number among all ranks.
        local: its number among those of this machine.
        size: how many this machine has.
        folder: where they leave what they found.
        is_guest: another process, that made the folder, tells it.
    """

    rank: int
    local: int
    size: int
    folder: Path
    is_guest: bool


def standing(environ: Mapping[str, str]) -> Standing | None:
    """What `torchrun` and launchers like it say of this process; None where it is on its own."""
    rank, local = _number(environ, "RANK"), _number(environ, "LOCAL_RANK")
    size = _number(environ, "LOCAL_WORLD_SIZE")
    if rank is None or local is None or size is None:
        return None
    if environ.get(GUEST):
        return Standing(rank, local, size, Path(environ[GUEST]), is_guest=True)
    return Standing(rank, local, size, _folder(environ), is_guest=False) if size > 1 else None


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "")
    return int(text) if text.isdecimal() else None


def _folder(environ: Mapping[str, str]) -> Path:
    """The same for all ranks of one launch on one machine, and for no others.

    The error file of each lies in a folder that the launcher makes anew for every attempt; a launcher without one is
    told by its process and the address where its ranks meet.
    """
    error_file = environ.get("TORCHELASTIC_ERROR_FILE")
    names = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "GROUP_RANK")
    told = [environ.get(name, "") for name in names]
    attempt = [os.path.dirname(os.path.dirname(error_file))] if error_file else [str(os.getppid())]
    user = str(os.getuid()) if hasattr(os, "getuid") else ""
    key = hashlib.sha256("\0".join([user, *told, *attempt]).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"torchcheck-ranks-{key}"

"""The state of the code: commit, branch, and what has changed since. Git is asked; nothing of it is changed."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torchcheck.history.secrets import masked_diff

MOST_DIFF = 256 * 1024
"""Bytes of a diff that are kept; what a program changes is smaller, data files are not worth it."""

_MOST_STATUS = 1 << 20
_MOST_FILES = 100
_PATIENCE = 3.0
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


@dataclass(frozen=True, slots=True)
class GitState:
    """What git says of a directory.

    Attributes:
        commit: the one that is checked out; None before the first.
        branch: its name; None where none is checked out.
        dirty: whether tracked files have changed; None where git took too long to say.
        changed, untracked: files, the first ones of many.
        untracked_count: how many.
        diff: what has changed in tracked files, without secrets.
        is_cut: the diff is longer than what is kept.
    """

    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None
    changed: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)
    untracked_count: int = 0
    diff: str = ""
    is_cut: bool = False

    def to_json(self) -> dict[str, Any]:
        """All but the diff."""
        names = ("commit", "branch", "dirty", "changed", "untracked", "untracked_count", "is_cut")
        return {name: getattr(self, name) for name in names}


def git_state(directory: Path, patience: float = _PATIENCE) -> GitState | None:
    """What git says; None without git, and where there is no repository."""
    until = time.monotonic() + patience
    status = _git(
        directory, until, _MOST_STATUS, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal"
    )
    if status is None:
        return _only_commit(directory)
    state = _read(status)
    if not state.dirty:
        return state
    # No program of the user's takes part, and no file is compared that git need not read.
    words = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")
    diff = _git(directory, until, MOST_DIFF + 1, *words, "HEAD" if state.commit else "--cached")
    if diff is None:
        return state
    return GitState(
        **state.to_json() | {"is_cut": len(diff) > MOST_DIFF},
        diff=masked_diff(_whole_lines(diff).decode(errors="replace")),
    )


def between(directory: Path, before: str, after: str) -> str | None:
    """As in `3 files changed, 40 insertions(+)`; None where git does not know both commits, or has no answer."""
    words = ("diff", "--shortstat", "--no-ext-diff", "--no-textconv", before, after, "--")
    said = _git(directory, time.monotonic() + _PATIENCE, 1000, *words)
    return " ".join(said.decode(errors="replace").split()) or None if said else None


def _whole_lines(diff: bytes) -> bytes:
    if len(diff) <= MOST_DIFF:
        return diff
    return diff[:MOST_DIFF].rpartition(b"\n")[0] + b"\n[cut off here]\n"


def _only_commit(directory: Path) -> GitState | None:
    """The commit alone: a large repository on a slow disk takes its time for the rest."""
    words = ("rev-parse", "--verify", "HEAD")
    commit = _git(directory, time.monotonic() + 1, 100, *words)
    return GitState(commit=commit.decode().strip()) if commit else None


def _read(status: bytes) -> GitState:
    commit: str | None = None
    branch: str | None = None
    changed: list[str] = []
    untracked: list[str] = []
    entries = iter(status.decode(errors="replace").split("\0"))
    for entry in entries:
        kind, _, rest = entry.partition(" ")
        if entry.startswith("# branch.oid "):
            commit = None if entry.endswith(" (initial)") else entry.split(" ")[2]
        elif entry.startswith("# branch.head "):
            branch = None if entry.endswith(" (detached)") else entry.partition("head ")[2]
        elif kind == "?":
            untracked.append(rest)
        elif kind in ("1", "u"):
            changed.append(rest.split(" ", 7 if kind == "1" else 9)[-1])
        elif kind == "2":  # renamed: the old name is an entry of its own
            changed.append(rest.split(" ", 8)[-1])
            next(entries, None)
    return GitState(
        commit, branch, bool(changed), changed[:_MOST_FILES], untracked[:_MOST_FILES], untracked_count=len(untracked)
    )


def _git(directory: Path, until: float, most: int, *words: str) -> bytes | None:
    """The first bytes that git writes; None if it failed or did not end in time."""
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        process = subprocess.Popen(
            ["git", *_QUIET, *words],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    assert process.stdout is not None
    late = threading.Timer(max(until - time.monotonic(), 0.01), process.kill)
    late.daemon = True
    late.start()
    try:
        with process.stdout as stream:
            data = stream.read(most)
        if len(data) == most:  # there may be more, that nobody reads
            process.kill()
        status = process.wait()
    finally:
        late.cancel()
        late.join()
    return data if status == 0 or len(data) == most else None

"""`--changed-only`: the files that differ from a commit, by git, with those that it does not track yet."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from torchcheck.cli.output import note
from torchcheck.errors import UsageError

_DEFAULT_BRANCHES = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
_LOCATION = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Set for hooks; they speak of the repository that git was called in, by paths from another directory."""

_DIFF = ("--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", "--diff-filter=d")


class Repository:
    """A git work tree.

    Args:
        directory: a directory in it.

    Raises:
        UsageError: it lies in no repository, or git can't be used.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = os.path.abspath(directory)
        self._top = os.fsdecode(self._ask("rev-parse", "--show-toplevel").removesuffix(b"\n"))
        self._directory = self._top

    def changed(self, base: str | None) -> set[str]:
        """The resolved paths of files that differ from `base`, or from where the default branch was left.

        Raises:
            UsageError: there is no such commit.
        """
        tree = self._default_base() if base is None else self._commit(base)
        differ = self._ask("diff", *_DIFF, tree, "--")
        new = self._ask("ls-files", "--others", "--exclude-standard", "-z")
        names = {os.fsdecode(name) for name in (differ + new).split(b"\0") if name}
        return {os.path.realpath(os.path.join(self._top, name)) for name in names}

    def _commit(self, base: str) -> str:
        found = None if base.startswith("-") else self._try("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}")
        if not found:
            raise UsageError(f"--base {base}: there is no such commit in {self._top}")
        return found

    def _default_base(self) -> str:
        """Where this branch left the default one; the last commit where there is none, and nothing before the first."""
        head = self._try("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            return os.fsdecode(self._ask("hash-object", "-t", "tree", "--stdin").strip())
        default = self._try("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        for branch in ((default,) if default else ()) + _DEFAULT_BRANCHES:
            if self._try("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}"):
                return self._left(branch)
        note("--changed-only: no default branch was found, so files are compared with the last commit (HEAD)")
        return head

    def _left(self, branch: str) -> str:
        """The last commit that HEAD has in common with a branch."""
        base = self._try("merge-base", "HEAD", branch)
        if base is None:  # a shallow clone: to compare with HEAD would find nothing, and say that all is well
            short = branch.removeprefix("refs/remotes/").removeprefix("refs/heads/")
            raise UsageError(
                f"--changed-only: no commit is common to HEAD and {short} here; fetch more history, or name --base REV"
            )
        return base.split("\n")[0]

    def _try(self, *words: str) -> str | None:
        """What git prints, in a line; None if it fails."""
        done = _git(self._directory, words)
        return os.fsdecode(done.stdout.strip()) or None if done.returncode == 0 else None

    def _ask(self, *words: str) -> bytes:
        done = _git(self._directory, words)
        if done.returncode == 0:
            return done.stdout
        reason = os.fsdecode(done.stderr).strip().split("\n")[0].removeprefix("fatal: ")
        if reason.startswith("not a git repository"):
            raise UsageError(f"--changed-only: {self._directory} is in no git repository")
        raise UsageError(f"--changed-only: git {words[0]} failed: {reason or f'status {done.returncode}'}")


def only_changed(paths: Sequence[Path], start: Path, base: str | None) -> list[Path]:
    """Those of the paths that have changed. Raises as `Repository` does."""
    changed = Repository(start).changed(base)
    return [path for path in paths if os.path.realpath(path) in changed]


def _git(directory: str, words: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCATION}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "-C", directory, "-c", "core.quotePath=false", *words]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment)
    except OSError as error:
        raise UsageError(f"--changed-only needs git, and it can't be started: {error.strerror}") from None

"""The state of the code, whatever git has to say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from torchcheck.history import git
from torchcheck.history.git import between, git_state


def run(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=n", "-c", "user.email=a@b", "-c", "init.defaultBranch=trunk")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    run(tmp_path, "add", "a.py")
    run(tmp_path, "commit", "-qm", "one")
    return tmp_path


def test_a_clean_tree(repository: Path) -> None:
    state = git_state(repository)
    assert state is not None
    assert state.commit == run(repository, "rev-parse", "HEAD").strip()
    assert (state.branch, state.dirty, state.changed, state.untracked, state.diff) == ("trunk", False, [], [], "")


def test_what_has_changed(repository: Path) -> None:
    (repository / "a.py").write_text("x = 2\n", encoding="utf-8")
    (repository / "new file.py").write_text("", encoding="utf-8")
    state = git_state(repository)
    assert state is not None
    assert (state.dirty, state.changed, state.untracked) == (True, ["a.py"], ["new file.py"])
    assert "-x = 1\n+x = 2\n" in state.diff


def test_nothing_of_the_repository_is_written(repository: Path) -> None:
    (repository / "a.py").touch()  # git would refresh its index
    before = (repository / ".git" / "index").read_bytes()
    git_state(repository)
    assert (repository / ".git" / "index").read_bytes() == before
    assert not list((repository / ".git").glob("*.lock"))


def test_a_renamed_file_and_one_that_was_staged(repository: Path) -> None:
    run(repository, "mv", "a.py", "b.py")
    (repository / "c.py").write_text("y = 1\n", encoding="utf-8")
    run(repository, "add", "c.py")
    state = git_state(repository)
    assert state is not None
    assert sorted(state.changed) == ["b.py", "c.py"]


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    run(repository, "checkout", "-q", "--detach")
    state = git_state(repository)
    assert state is not None
    assert (state.branch, state.dirty) == (None, False)


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    run(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    run(tmp_path, "add", "a.py")
    state = git_state(tmp_path)
    assert state is not None
    assert (state.commit, state.changed) == (None, ["a.py"])
    assert "+x = 1\n" in state.diff


def test_no_repository_is_fine(tmp_path: Path) -> None:
    assert git_state(tmp_path) is None


def test_no_git_is_fine(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert git_state(repository) is None


def test_a_long_diff_is_cut_at_a_line(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "MOST_DIFF", 1000)
    (repository / "a.py").write_text("".join(f"line {i}\n" for i in range(1000)), encoding="utf-8")
    state = git_state(repository)
    assert state is not None
    assert state.is_cut
    assert len(state.diff) < 1100
    assert state.diff.endswith("\n[cut off here]\n")


def test_git_that_hangs_is_not_waited_for(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "bin"
    slow.mkdir()
    (slow / "git").write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    (slow / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow}:/usr/bin:/bin")
    assert git_state(repository, patience=0.2) is None


def test_what_lies_between_two_commits(repository: Path) -> None:
    first = run(repository, "rev-parse", "HEAD").strip()
    (repository / "a.py").write_text("x = 2\n", encoding="utf-8")
    run(repository, "commit", "-qam", "two")
    second = run(repository, "rev-parse", "HEAD").strip()
    assert between(repository, first, second) == "1 file changed, 1 insertion(+), 1 deletion(-)"
    assert between(repository, first, "0" * 40) is None

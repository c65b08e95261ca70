"""`--changed-only`, in real repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, SOFTMAX, Lint


def git(*words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *words], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(project: Path) -> Path:
    """The project, committed on `main`."""
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "all")
    return project


def files(lint: Lint, *words: str) -> list[str]:
    status, out, err = lint("--changed-only", "--show-files", *words)
    assert (status, err) == (0, "")
    return out.splitlines()


def test_nothing_has_changed(repository: Path, lint: Lint) -> None:
    assert lint("--changed-only") == (0, "", "no changed Python files to lint\n")


def test_edited_staged_and_new_files_have_changed(repository: Path, lint: Lint) -> None:
    (repository / "adam.py").write_text(ADAM + "\n# more\n")
    (repository / "staged.py").write_text(ADAM)
    git("add", "staged.py")
    (repository / "new.py").write_text(ADAM)
    (repository / "ignored.py").write_text(ADAM)
    (repository / ".gitignore").write_text("ignored.py\n")
    (repository / "clean.py").unlink()
    assert files(lint) == ["adam.py", "new.py", "staged.py"]
    assert lint.codes("--changed-only") == ["TCK301"] * 3
    assert files(lint, "new.py", "softmax.py") == ["new.py"]


def test_a_branch_is_compared_with_where_it_left_the_default_one(repository: Path, lint: Lint) -> None:
    git("checkout", "-q", "-b", "work")
    (repository / "adam.py").write_text(ADAM + "\n# more\n")
    git("commit", "-q", "-a", "-m", "work")
    git("checkout", "-q", "main")
    (repository / "softmax.py").write_text(SOFTMAX + "\n# more\n")
    git("commit", "-q", "-a", "-m", "meanwhile")
    git("checkout", "-q", "work")
    assert files(lint) == ["adam.py"]
    assert files(lint, "--base", "HEAD") == []
    assert files(lint, "--base", "main") == ["adam.py", "softmax.py"]


def test_the_default_branch_is_that_of_the_remote(repository: Path, lint: Lint) -> None:
    git("branch", "-m", "main", "trunk")
    git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    (repository / "adam.py").write_text(ADAM + "\n# more\n")
    git("commit", "-q", "-a", "-m", "not pushed")
    assert files(lint) == ["adam.py"]


def test_without_a_default_branch_the_last_commit_counts(repository: Path, lint: Lint) -> None:
    git("branch", "-m", "main", "trunk")
    (repository / "adam.py").write_text(ADAM + "\n# more\n")
    status, out, err = lint("--changed-only", "--show-files")
    assert (status, out) == (0, "adam.py\n")
    assert err == (
        "torchcheck: note: --changed-only: no default branch was found, so files are compared with the last "
        "commit (HEAD)\n"
    )


def test_before_the_first_commit_everything_has_changed(project: Path, lint: Lint) -> None:
    git("init", "-q", "-b", "main")
    git("add", "adam.py")
    assert files(lint) == ["adam.py", "clean.py", "softmax.py"]


def test_a_history_without_a_common_commit_is_an_error(repository: Path, lint: Lint) -> None:
    git("checkout", "-q", "--orphan", "shallow")
    git("commit", "-q", "-m", "alone")
    assert lint("--changed-only") == (
        2,
        "",
        "torchcheck: error: --changed-only: no commit is common to HEAD and main here; fetch more history, or name "
        "--base REV\n",
    )


def test_a_renamed_file_has_changed(repository: Path, lint: Lint) -> None:
    git("mv", "adam.py", "renamed.py")
    assert files(lint) == ["renamed.py"]


@pytest.mark.skipif(os.name == "nt", reason="names there are text")
def test_names_of_any_kind(repository: Path, lint: Lint) -> None:
    names = ["a b.py", "-c.py", '"quoted".py', "模型.py", "tab\t.py", os.fsdecode(b"\xff.py")]
    for name in names:
        (repository / name).write_text(ADAM)
    git("add", "-A")
    (repository / "new\nline.py").write_text(ADAM)
    assert lint.codes("--changed-only") == ["TCK301"] * 7


def test_from_a_subdirectory_and_by_a_link(
    repository: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (repository / "sub").mkdir()
    (repository / "sub" / "new.py").write_text(ADAM)
    (repository / "outer.py").write_text(ADAM)
    git("config", "diff.relative", "true")
    git("add", "-A")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "link").symlink_to(repository)
    monkeypatch.chdir(repository / "sub")
    assert files(lint) == ["new.py"]
    assert files(lint, "..") == ["../outer.py", "../sub/new.py"]
    monkeypatch.chdir(elsewhere)
    assert files(lint, "link") == ["link/outer.py", "link/sub/new.py"]


def test_the_variables_of_a_hook_do_not_mislead(repository: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "sub").mkdir()
    (repository / "sub" / "new.py").write_text(ADAM)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert files(lint, "sub") == ["sub/new.py"]


def test_unchanged_files_are_read_where_changed_ones_import_them(repository: Path, lint: Lint) -> None:
    (repository / "net.py").write_text(SOFTMAX.partition("criterion")[0])
    git("add", "-A")
    git("commit", "-q", "-m", "net")
    (repository / "train.py").write_text(
        "from torch import nn\n\nfrom net import model\n\n\ndef step(x, y):\n"
        "    return nn.CrossEntropyLoss()(model(x), y)\n"
    )
    assert [f.filename for f in lint.findings("--changed-only")] == [str(repository / "train.py")]


def test_outside_of_a_repository(project: Path, lint: Lint) -> None:
    assert lint("--changed-only") == (2, "", f"torchcheck: error: --changed-only: {project} is in no git repository\n")


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD~99", "HEAD:adam.py"])
def test_a_commit_that_is_not_there(repository: Path, lint: Lint, revision: str) -> None:
    status, out, err = lint("--changed-only", f"--base={revision}")
    assert (status, out) == (2, "")
    assert err == f"torchcheck: error: --base {revision}: there is no such commit in {repository}\n"


def test_base_needs_changed_only_and_files(repository: Path, lint: Lint) -> None:
    assert lint("--base", "HEAD") == (2, "", "torchcheck: error: --base has an effect only with --changed-only\n")
    assert lint("-", "--changed-only")[2] == (
        "torchcheck: error: --changed-only needs files, and standard input is none\n"
    )


def test_git_that_is_not_installed(repository: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    status, _, err = lint("--changed-only")
    assert status == 2
    assert err.startswith("torchcheck: error: --changed-only needs git, and it can't be started: ")

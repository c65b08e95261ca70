"""`--watch`, in a real process."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, CLEAN, Lint

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another thing there")
_PATIENCE = 300


class Watch:
    """A watching command: what it says, line by line, from both streams."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "torchcheck", "lint", "--watch", "--output-format", "concise", *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until_it_waits(self) -> list[str]:
        """What it says up to where it waits for a change."""
        said: list[str] = []
        while not said or not said[-1].startswith("watching "):
            said.append(self._lines.get(timeout=_PATIENCE))
        return said

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=_PATIENCE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(CLEAN)
    return tmp_path


@pytest.fixture
def watching(folder: Path) -> Iterator[Watch]:
    watch = Watch(folder, "--isolated")
    yield watch
    watch.process.kill()
    watch.process.wait()


@pytest.mark.slow
def test_a_change_is_linted_and_ctrl_c_gives_the_last_exit_code(folder: Path, watching: Watch) -> None:
    assert watching.until_it_waits() == ["no findings in 1 file", "watching 1 file; Ctrl-C ends"]
    (folder / "train.py").write_text(ADAM)
    said = watching.until_it_waits()
    assert said[1].startswith("--- ")
    assert said[1].endswith(" train.py changed ---")
    assert said[2].startswith("train.py:5:12: warning TCK301 ")
    (folder / "second.py").write_text(ADAM)
    (folder / "train.py").unlink()
    said = watching.until_it_waits()
    while said[-1] != "watching 1 file; Ctrl-C ends" or "second.py:5:12" not in " ".join(said):
        said = watching.until_it_waits()
    assert watching.interrupt() == 1


@pytest.mark.slow
def test_a_broken_configuration_waits_for_the_next_change(folder: Path) -> None:
    watch = Watch(folder)
    try:
        watch.until_it_waits()
        (folder / ".torchcheck.toml").write_text("slect = []")
        said = watch.until_it_waits()
        assert "torchcheck: error: .torchcheck.toml: unknown key `slect`; did you mean `select`?" in said
        (folder / ".torchcheck.toml").unlink()
        assert "no findings in 1 file" in watch.until_it_waits()
        assert watch.interrupt() == 0
    finally:
        watch.process.kill()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-", "--watch"), "--watch needs files, and standard input is none"),
        (("--watch", "--add-ignore"), "--add-ignore and --watch can't be used together"),
        (("--watch", "nowhere.py"), "no such file or directory: nowhere.py"),
    ],
)
def test_what_can_not_be_watched(project: Path, lint: Lint, words: tuple[str, ...], message: str) -> None:
    assert lint(*words) == (2, "", f"torchcheck: error: {message}\n")

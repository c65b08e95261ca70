"""Where a report can't be written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from torchcheck.cli.main import main

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [("lint", "a.py"), ("lint", "--show-files", "a.py"), ("rule", "--all"), ("--help",)])
def test_a_full_disk_is_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "a.py").write_text("from torch.nn import Linear\n", encoding="utf-8")
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "torchcheck", *words], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr == f"torchcheck: error: standard output: can't be written: {os.strerror(28)}\n"


@pytest.mark.parametrize("command", ["lint", "run"])
@pytest.mark.parametrize(("file", "why"), [("nope/x.json", "there is no directory nope"), (".", "it is a directory")])
def test_a_file_that_can_not_be_written_is_known_at_once(
    command: str,
    file: str,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("open('ran', 'w').close()\n", encoding="utf-8")
    assert main([command, "--output-file", file, "a.py"]) == 2
    assert capsys.readouterr().err == f"torchcheck: error: --output-file {file}: can't be written: {why}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py"]

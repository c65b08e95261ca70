"""`torchcheck demo`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from torchcheck.cli.demo import curves
from torchcheck.cli.main import main


@pytest.mark.slow
def test_the_demo_shows_the_mistakes_and_what_mending_them_does() -> None:
    done = subprocess.run([sys.executable, "-m", "torchcheck", "demo"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for code in ("TCK101", "TCK201", "TCK301"):
        assert f" {code} [" in done.stdout
    assert "repaired.py is the same loop with those lines mended: no findings." in done.stdout
    last = next(line for line in done.stdout.splitlines() if line.startswith("   10  "))
    broken, repaired = (float(number) for number in re.findall(r"([\d.]+) %", last))
    assert repaired > broken + 5


def test_curves_stand_side_by_side() -> None:
    broken = "epoch  1   loss 2.291   accuracy  24.4%\nepoch 10   loss 1.792   accuracy 100.0%\n"
    repaired = "epoch  1   loss 2.190   accuracy  76.4%\nepoch 10   loss 0.228   accuracy  93.3%\n"
    rows = curves(broken, repaired, colour=False).splitlines()
    assert [row.split() for row in rows] == [
        ["epoch", "loss", "broken.py", "loss", "repaired.py"],
        ["1", "2.291", "█" * 5, "24.4", "%", "2.190", "█" * 15, "76.4", "%"],
        ["10", "1.792", "█" * 20, "100.0", "%", "0.228", "█" * 19, "93.3", "%"],
    ]
    assert "\x1b[" in curves(broken, repaired, colour=True)


def test_the_loops_can_be_copied_but_overwrite_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--copy", str(tmp_path / "new")]) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["broken.py", "repaired.py"]
    assert main(["demo", "--copy", str(tmp_path / "new")]) == 2
    assert "broken.py exists already; choose another folder" in capsys.readouterr().err


def test_without_torch_the_demo_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == (
        "torchcheck: error: the demo trains two small models and needs torch: pip install torch\n"
    )

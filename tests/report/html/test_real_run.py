"""Pages of real trainings: what the probes tell, the history keeps, and the page shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.html.made import figure, page_of
from tests.report.html.test_page import Outline, said

EXAMPLES = Path(__file__).parent.parent.parent.parent / "examples"
pytestmark = pytest.mark.slow


def watched(script: Path, runs: Path, status: int) -> Path:
    """The folder that a run of forty steps leaves."""
    words = ["run", "--isolated", "--steps", "40", "--history-dir", str(runs), str(script)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TORCHCHECK")}
    done = subprocess.run(
        [sys.executable, "-m", "torchcheck", *words], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == status, done.stderr
    (folder,) = (path for path in runs.iterdir() if path.is_dir())
    return folder


def test_a_run_that_is_right(tmp_path: Path) -> None:
    text = page_of(watched(EXAMPLES / "mlp.py", tmp_path, 0))
    assert "Nothing was found." in said(text)
    assert "stopped" in said(text)
    loss = figure(text, "loss")["data"][0]
    assert loss["name"] == "loss"
    assert len(loss["x"]) == 40  # each step, not only sampled ones
    ratio = figure(text, "ratio")["data"][0]
    assert ratio["y"] == ["model.fc1.weight", "model.fc2.weight", "model.fc3.weight"]
    assert all(-4 < value < -0.5 for row in ratio["z"] for value in row)
    assert [figure(text, name)["data"][0]["zmax"] for name in ("gradient", "spread", "dead")]


def test_a_run_with_a_mistake_shows_its_line(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    source = (EXAMPLES / "mistakes" / "missing_zero_grad.py").read_text(encoding="utf-8")
    script.write_text(source, encoding="utf-8")
    folder = watched(script, tmp_path / "runs", 1)
    script.write_text("something else\n", encoding="utf-8")
    text = page_of(folder)
    assert "TCK201" in text
    assert "<mark>loss.backward()</mark>" in text
    assert next(card["data-level"] for card in Outline(text).named("article")) == "error"

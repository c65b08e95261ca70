"""What `torchcheck run` leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from torchcheck.history.run import Run, load

pytestmark = pytest.mark.slow

TRAIN = """\
import sys, time
import torch

torch.manual_seed(7)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
x, y = torch.randn(16, 4), torch.randn(16, 1)
for step in range(30):
    loss = (model(x) - y).pow(2).mean()
    {clear}
    loss.backward()
    optimizer.step()
    scheduler.step()
    if "--wait" in sys.argv and step == 20:
        print("waiting", flush=True)
        time.sleep(60)
print("done")
"""
CORRECT = TRAIN.format(clear="optimizer.zero_grad()")
FORGETFUL = TRAIN.format(clear="pass")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(CORRECT, encoding="utf-8")
    (tmp_path / "forgetful.py").write_text(FORGETFUL, encoding="utf-8")
    return tmp_path


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TORCHCHECK")}
    return subprocess.Popen(
        [sys.executable, "-m", "torchcheck", "run", *words],
        cwd=folder,
        env={**environment, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def runs(folder: Path) -> list[Run]:
    return [load(path) for path in sorted((folder / ".torchcheck" / "runs").glob("2*"))]


def test_two_runs_at_once_leave_a_folder_each(folder: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    words = (["train.py", "--api-key", "k123"], ["forgetful.py"])
    both = [start(folder, *each) for each in words]
    assert [process.wait(120) for process in both] == [0, 1]
    correct, forgetful = sorted(runs(folder), key=lambda run: len(run.findings))
    assert correct.words == ["train.py", "--api-key", "***"]
    assert (correct.status, correct.steps, correct.findings, correct.lead.seed) == ("ok", 30, [], {"torch": 7})
    assert correct.git["commit"] is None
    assert correct.git["untracked"] == ["forgetful.py", "train.py"]
    assert correct.lead.environment["torch"].startswith("2.")
    (optimizer,) = correct.lead.optimizers
    (group,) = optimizer["groups"]
    assert (optimizer["name"], optimizer["class"]) == ("optimizer", "torch.optim.SGD")
    assert (group["lr"], group["momentum"], group["elements"]) == (0.05, 0.9, 5)
    assert correct.lead.schedulers[0]["settings"] == {"step_size": 10, "gamma": 0.1}
    assert correct.lead.models[0]["class"] == "torch.nn.Linear"
    assert correct.loss is not None
    assert correct.loss.steps == [*range(11), 20]
    assert correct.loss.values[0] > correct.loss.values[-1]
    assert correct.lead.rates["optimizer"].values[-1] == pytest.approx(0.0005)
    assert "TCK201" in [finding.code for finding in forgetful.findings]
    assert forgetful.status == "ok"


def test_a_run_that_is_killed_in_the_middle_can_be_read(folder: Path) -> None:
    process = start(folder, "forgetful.py", "--wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    (run,) = runs(folder)
    assert run.status == "running"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (run,) = runs(folder)
    assert run.status == "killed"
    assert "TCK201" in [finding.code for finding in run.findings]
    assert run.loss is not None
    assert run.loss.steps == [*range(11), 20]
    assert run.words == ["forgetful.py", "--wait"]


def test_a_folder_that_cannot_be_written_is_one_note(folder: Path) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    process = start(folder, "--history-dir", "file/runs", "train.py")
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (0, "done\n")
    first, second = err.splitlines()
    assert first.startswith("torchcheck: note: No history of this run is kept: ")
    assert first.endswith(": Not a directory.")
    assert second.startswith("no findings in 30 steps")


def test_a_run_without_history_leaves_nothing(folder: Path) -> None:
    assert start(folder, "--no-history", "train.py").wait(120) == 0
    assert not (folder / ".torchcheck").exists()


def test_the_ranks_of_a_launch_write_into_one_folder(folder: Path) -> None:
    process = start(folder, "-m", "torch.distributed.run", "--nproc-per-node", "2", "forgetful.py")
    assert process.wait(180) != 0
    (run,) = runs(folder)
    assert [process.who for process in run.processes] == ["main", "rank0", "rank1"]
    assert run.lead.who == "rank0"
    (finding,) = (finding for finding in run.findings if finding.code == "TCK201")
    assert finding.evidence["ranks"] == [0, 1]
    assert run.steps == 30


def test_spawned_processes_write_into_one_folder(folder: Path) -> None:
    source = CORRECT.replace("for step", "def train(rank):\n  for step").replace("\n    ", "\n      ")
    source = source.replace('print("done")', "").replace(
        "import sys, time", "import sys, time, torch.multiprocessing as mp"
    )
    (folder / "many.py").write_text(
        source + "if __name__ == '__main__':\n    mp.spawn(train, nprocs=2)\n", encoding="utf-8"
    )
    process = start(folder, "many.py")
    _out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    (run,) = runs(folder)
    assert sorted(process.who for process in run.processes) == ["main", "rank0", "rank1"]
    assert (run.steps, run.status) == (30, "ok")


def test_a_script_that_fails_says_how(folder: Path) -> None:
    (folder / "train.py").write_text(CORRECT + "raise ValueError('no password=abc here')\n", encoding="utf-8")
    began = time.time()
    assert start(folder, "train.py").wait(120) == 1
    (run,) = runs(folder)
    assert (run.status, run.error) == ("failed (1)", "ValueError: no password=*** here")
    assert run.began is not None
    assert abs(run.began.timestamp() - began) < 120

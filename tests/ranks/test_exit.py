"""`os._exit` in a script."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ranks.scripts import start, written

pytestmark = pytest.mark.slow

SCRIPT = """\
import os

import torch

model = torch.nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(5):
    optimizer.zero_grad()
    logits = torch.softmax(model(torch.randn(8, 4)), dim=1)
    torch.nn.functional.cross_entropy(logits, torch.randint(0, 3, (8,))).backward()
    optimizer.step()
FORK
print("done")
os._exit(STATUS)
"""
FORK = """\
if os.fork() == 0:
    os._exit(7)
os.wait()
"""


def run(folder: Path, status: int, fork: str = "") -> tuple[int, str]:
    path = written(folder, SCRIPT.replace("STATUS", str(status)).replace("FORK", fork))
    done = start([sys.executable, "-m", "torchcheck", "run", "--isolated", path.name], folder)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("status", "told"), [(0, 1), (3, 3)])
def test_it_does_not_lose_the_findings(tmp_path: Path, status: int, told: int) -> None:
    code, out = run(tmp_path, status)
    assert out.startswith("done\n\ntrain.py:10:5: error TCK101 ")
    assert code == told


def test_a_forked_child_ends_in_silence(tmp_path: Path) -> None:
    code, out = run(tmp_path, 0, FORK)
    assert out.count("TCK101 [") == 1
    assert code == 1

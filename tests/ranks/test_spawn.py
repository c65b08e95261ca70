"""Processes that a script starts itself with `torch.multiprocessing`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ranks.scripts import reported, script, start, written

pytestmark = pytest.mark.slow

SPAWN = """

def worker(rank, store):
    os.environ.update(RANK=str(rank), WORLD_SIZE="2")
    dist.init_process_group = partial(dist.init_process_group, init_method=f"file://{store}", rank=rank, world_size=2)
    train()


if __name__ == "__main__":
    mp.START(worker, args=(os.path.abspath("store"),), nprocs=2, **KEYWORDS)
"""
SOFTMAX = "logits = torch.softmax(logits, dim=-1)"


def spawning(text: str, how: str = "spawn", keywords: str = "{}") -> str:
    """A training script that starts its ranks itself."""
    head = "from functools import partial\n\nimport torch.multiprocessing as mp\n"
    train = text.partition('\n\nif __name__ == "__main__":')[0]
    return head + train + SPAWN.replace("START", how).replace("**KEYWORDS", f"**{keywords}")


def run(folder: Path, text: str) -> tuple[int, str, str]:
    path = written(folder, text)
    command = [sys.executable, "-m", "torchcheck", "run", "--isolated", "--output-format", "json", path.name]
    done = start(command, folder)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("how", "keywords"), [("spawn", "{}"), ("start_processes", '{"start_method": "fork"}')])
def test_ranks_of_the_script_are_watched(tmp_path: Path, how: str, keywords: str) -> None:
    status, out, err = run(tmp_path, spawning(script(logits=SOFTMAX), how, keywords))
    (finding,) = reported(out)
    assert (finding["code"], finding["evidence"]["ranks"]) == ("TCK101", [0, 1])
    assert "1 finding (1 error) in 16 steps on 2 ranks, " in err
    assert "note:" not in err
    assert status == 1


def test_a_correct_one_is_silent(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, spawning(script()))
    assert (status, out) == (0, "\n[]\n"), err


def test_what_a_rank_found_before_another_crashed_is_told(tmp_path: Path) -> None:
    crash = 'if rank == 1 and step == 3: raise RuntimeError("broken")'
    status, out, err = run(tmp_path, spawning(script(logits=f"if rank == 0: {SOFTMAX}", after=crash)))
    assert [f["evidence"]["ranks"] for f in reported(out) if f["code"] == "TCK101"] == [[0]]
    assert "RuntimeError: broken" in err
    assert "children.py" not in err
    assert status == 1

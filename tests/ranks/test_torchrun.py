"""Ranks that `torchrun` starts: each watches itself, and one report tells what all have found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ranks.scripts import launch, reported, script, start, written

pytestmark = pytest.mark.slow

SOFTMAX = "logits = torch.softmax(logits, dim=-1)"
FSDP1 = 'FSDP(net, device_id=torch.device("cpu"))'
FSDP1_IMPORT = "from torch.distributed.fsdp import FullyShardedDataParallel as FSDP\n"
FSDP2_IMPORT = "from torch.distributed.fsdp import fully_shard\n"


def test_what_all_ranks_found_is_told_once(tmp_path: Path) -> None:
    done = launch(written(tmp_path, script(logits=SOFTMAX)), "--output-format", "json")
    (finding,) = reported(done.stdout)
    assert finding["code"] == "TCK101"
    assert (finding["evidence"]["ranks"], finding["evidence"]["of_ranks"]) == ([0, 1], 2)
    assert done.stdout.count("TCK101") == 1
    assert "1 finding (1 error) in 16 steps on 2 ranks, " in done.stderr
    assert done.returncode == 1


def test_what_one_rank_found_names_it(tmp_path: Path) -> None:
    done = launch(written(tmp_path, script(logits=f"if rank == 1: {SOFTMAX}")))
    assert done.stdout.count("TCK101") == 1
    assert "= seen: at epoch 1, step 0, training on rank 1 of 2\n" in done.stdout
    assert done.returncode == 1


def test_a_correct_training_on_four_ranks_is_silent(tmp_path: Path) -> None:
    done = launch(written(tmp_path, script()), ranks=4)
    assert (done.stdout, done.returncode) == ("", 0)
    assert "no findings in 8 steps on 4 ranks, " in done.stderr


@pytest.mark.parametrize(("imports", "wrap"), [(FSDP1_IMPORT, FSDP1), (FSDP2_IMPORT, "fully_shard(net)")])
def test_sharded_models_are_watched_too(tmp_path: Path, imports: str, wrap: str) -> None:
    done = launch(written(tmp_path, imports + script(wrap=wrap)))
    assert (done.stdout, done.returncode) == ("", 0)
    done = launch(written(tmp_path, imports + script(wrap=wrap, logits=SOFTMAX)), "--output-format", "json")
    assert [finding["code"] for finding in reported(done.stdout)] == ["TCK101"]


def test_a_crash_of_one_rank_loses_nothing(tmp_path: Path) -> None:
    crash = 'if rank == 1 and step == 3: raise RuntimeError("broken")'
    text = script(logits=f"if rank == 0: {SOFTMAX}", after=crash)
    done = launch(written(tmp_path, text), "--output-format", "json")
    found = reported(done.stdout)
    assert [f["evidence"]["ranks"] for f in found if f["code"] == "TCK101"] == [[0]]
    assert "RuntimeError: broken" in done.stderr
    assert done.returncode == 1


def test_a_killed_rank_loses_nothing(tmp_path: Path) -> None:
    kill = "if rank == 0 and step == 3: os.kill(os.getpid(), signal.SIGKILL)"
    text = script(logits=f"if rank == 0: {SOFTMAX}", after=kill)
    done = launch(written(tmp_path, text), "--output-format", "json")
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == 1
    assert [f["evidence"]["ranks"] for f in reported(lines[0]) if f["code"] == "TCK101"] == [[0]]
    assert done.returncode == 1


def test_a_file_holds_the_findings_of_all_ranks(tmp_path: Path) -> None:
    path = written(tmp_path, script(logits=SOFTMAX))
    done = launch(path, "--output-format", "json", "--output-file", "found.json", "--fail-on", "never")
    assert [f["code"] for f in reported("".join((tmp_path / "found.json").read_text().split("\n")))] == ["TCK101"]
    assert (done.stdout, done.returncode) == ("", 0)


def test_a_launcher_under_torchcheck_has_its_ranks_watched(tmp_path: Path) -> None:
    path = written(tmp_path, script(logits=f"if rank == 1: {SOFTMAX}"))
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", path.name]
    done = start([sys.executable, "-m", "torchcheck", "run", "--output-format", "json", *launcher], tmp_path)
    (finding,) = reported(done.stdout)
    assert (finding["code"], finding["evidence"]["ranks"]) == ("TCK101", [1])
    assert "1 finding (1 error) in 16 steps on 2 ranks, " in done.stderr
    assert done.returncode == 1


def test_loader_workers_tell_nothing_of_their_own(tmp_path: Path) -> None:
    text = script(logits=SOFTMAX).replace("batch_size=8,", "batch_size=8, num_workers=1,")
    done = launch(written(tmp_path, text), "--output-format", "json")
    assert [finding["code"] for finding in reported(done.stdout)] == ["TCK101"]
    assert done.stdout.count("TCK101") == 1


def test_a_rank_that_stops_at_its_first_error_ends_the_others(tmp_path: Path) -> None:
    done = launch(written(tmp_path, script(logits=f"if rank == 1: {SOFTMAX}")), "--fail-fast")
    assert done.stdout.count("TCK101 [") == 1
    assert done.returncode == 1


def test_all_ranks_stop_after_the_steps_asked_for(tmp_path: Path) -> None:
    done = launch(written(tmp_path, script()), "--steps", "3")
    assert (done.stdout, done.returncode) == ("", 0)
    assert "no findings in 3 steps on 2 ranks, " in done.stderr

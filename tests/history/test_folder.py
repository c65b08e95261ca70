"""Folders, event files, and what is left of them after an accident."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.history.made import finding, make, writer
from torchcheck.history import events
from torchcheck.history.events import read
from torchcheck.history.folder import forget_launches, make_run, run_folders, shared_run
from torchcheck.history.run import load
from torchcheck.history.thinned import Thinned


def test_every_run_gets_a_folder_of_its_own_that_git_ignores(tmp_path: Path) -> None:
    runs = tmp_path / ".torchcheck" / "runs"
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: make_run(runs), range(64)))
    assert len(set(made)) == 64
    assert (runs / ".gitignore").read_text() == "*\n"


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    folder = make(tmp_path, "a", status=None, losses=(3.0, 2.0, 1.0))
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-20])
    run = load(folder)
    assert run.loss is not None
    assert (run.loss.values, run.steps, run.status) == ([3.0, 2.0], 2, "killed")


@pytest.mark.parametrize(
    "line", [b"null", b"[]", b'{"event": 3}', b'{"event": "sample"}', b"\xff\xfe", b'{"event": "end"}']
)
def test_lines_that_are_none_of_ours_are_left_out(tmp_path: Path, line: bytes) -> None:
    folder = make(tmp_path, "a", status=None)
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert load(folder).steps == 2


def test_numbers_that_are_not_finite_come_back(tmp_path: Path) -> None:
    folder = make(tmp_path, "a", losses=(1.0, float("inf"), float("nan")))
    for path in folder.glob("*.jsonl"):
        for line in path.read_text().splitlines():
            json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    series = load(folder).loss
    assert series is not None
    assert [str(value) for value in series.values] == ["1.0", "inf", "nan"]


def test_a_run_that_goes_on_is_told_from_one_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from torchcheck.history.recorder import Recorder\n"
        f"r = Recorder(Path({str(tmp_path)!r}), 'main'); r.tell('start', {{}}); print('on', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        assert load(tmp_path).status == "running"
        process.kill()
        process.wait()
    assert load(tmp_path).status == "killed"


def test_a_forked_child_writes_nothing(tmp_path: Path) -> None:
    own = writer(tmp_path)
    child = os.fork()
    if not child:
        own.write("remark", {"text": "child"})
        os._exit(0)
    os.waitpid(child, 0)
    own.write("remark", {"text": "parent"})
    assert [event["text"] for event in read(tmp_path / "main.1.jsonl")] == ["parent"]


def test_a_file_that_is_full_takes_findings_but_no_more_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_BYTES", 100)
    own = writer(tmp_path)
    for step in range(10):
        own.write("sample", {"step": step, "losses": {"loss": 1.0}})
    own.write("finding", finding().to_json())
    kinds = [event["event"] for event in read(tmp_path / "main.1.jsonl")]
    assert kinds == ["sample", "sample", "finding"]


def test_a_run_of_ten_million_samples_keeps_some_thousands() -> None:
    thinned = Thinned()
    kept = [step for step in range(200_000) if thinned.keeps()]
    assert kept[:2000] == list(range(2000))
    assert 10_000 < len(kept) < 16_000
    assert max(b - a for a, b in itertools.pairwise(kept)) <= 128


def ranks(tmp_path: Path, rank: int, port: str = "1") -> dict[str, str]:
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "LOCAL_WORLD_SIZE": "2",
        "MASTER_PORT": port,
        "TORCHELASTIC_ERROR_FILE": str(tmp_path / port / "0" / "error.json"),
    }


def test_the_ranks_of_a_launch_share_a_folder(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    first, is_first = shared_run(runs, ranks(tmp_path, 1))
    second, is_second_first = shared_run(runs, ranks(tmp_path, 0))
    other, _ = shared_run(runs, ranks(tmp_path, 0, port="2"))
    assert (first, is_first, is_second_first) == (second, True, False)
    assert other != first
    forget_launches(runs, first)
    assert len(list(runs.glob(".launch-*"))) == 1


def test_a_later_launch_that_looks_the_same_gets_another_folder(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    first, _ = shared_run(runs, ranks(tmp_path, 0))
    (first / "rank0.7.jsonl").touch()
    second, is_first = shared_run(runs, ranks(tmp_path, 0))
    assert is_first
    assert second != first


def test_folders_without_events_are_no_runs(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    folder = make(tmp_path, "20260301-120000-aaaa")
    assert run_folders(tmp_path) == [folder]
    assert run_folders(tmp_path / "nowhere") == []


def test_the_findings_of_all_ranks_are_joined(tmp_path: Path) -> None:
    from torchcheck.history.recorder import Recorder
    from torchcheck.ranks.record import Record

    for rank in (0, 1):
        recorder = Recorder(tmp_path, f"rank{rank}")
        recorder.end(Record(rank, findings=[finding()], steps=5 + rank, seconds=1.0, status=0))
    run = load(tmp_path)
    (only,) = run.findings
    assert only.evidence["ranks"] == [0, 1]
    assert (run.steps, run.joined.ranks, run.status) == (6, 2, "ok")

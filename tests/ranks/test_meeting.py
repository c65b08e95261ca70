"""Ranks that meet in a folder: processes of their own, without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from torchcheck.ranks.standing import GUEST, standing

pytestmark = pytest.mark.slow

RANK = """\
import json, os, sys, time
from torchcheck.finding import Finding
from torchcheck.ranks.meeting import Meeting
from torchcheck.ranks.join import nothing
from torchcheck.ranks.record import Record
from torchcheck.ranks.standing import standing
from torchcheck.ranks import meeting as timing

timing.PATIENCE, timing.HURRY = 1.0, 0.4
status, before, row = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
meeting = Meeting(standing(os.environ), nothing)
place = {"row": row, "column": 1}
finding = Finding.from_json({
    "code": "TCK201", "name": "n", "severity": "error", "message": "m", "why": "w", "help": "h",
    "filename": "/a.py", "location": place, "end_location": place, "lens": "runtime",
})
meeting.writer.found(finding)
time.sleep(before)
if status < 0:
    os.kill(os.getpid(), -status)
own = Record(int(os.environ["RANK"]), findings=[finding], status=status)
joined = meeting.settle(own, lambda: False)
if joined is not None:
    rows = lambda found: [[f.row, f.evidence.get("ranks")] for f in found]
    print(json.dumps({"all": rows(joined.findings), "fresh": rows(joined.fresh), "last": joined.is_last}))
"""


def variables(folder: Path, rank: int, size: int) -> dict[str, str]:
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(size),
        "LOCAL_WORLD_SIZE": str(size),
        "TORCHELASTIC_ERROR_FILE": f"{folder}/attempt_0/{rank}/error.json",
        "TMPDIR": str(folder),
    }


def run(folder: Path, *ranks: tuple[int, float, int]) -> list[dict[str, object] | None]:
    """What each rank tells; a rank is its status, the seconds before its end, and the row of what it found."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", RANK, *map(str, rank)],
            env={**os.environ, **variables(folder, number, len(ranks))},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, rank in enumerate(ranks)
    ]
    outputs = [process.communicate(timeout=60)[0] for process in started]
    assert not list(folder.iterdir()), "the folder is left behind"
    return [json.loads(text) if text else None for text in outputs]


def test_the_lowest_rank_tells_for_all(tmp_path: Path) -> None:
    told = run(tmp_path, (0, 0.3, 1), (0, 0.6, 1), (0, 0.1, 2))
    rows = [[1, [0, 1]], [2, [2]]]
    assert told == [{"all": rows, "fresh": rows, "last": True}, None, None]


def test_if_all_fail_one_tells(tmp_path: Path) -> None:
    told = run(tmp_path, (1, 0.4, 1), (1, 0.2, 1), (1, 0.3, 1))
    assert told == [{"all": [[1, [0, 1, 2]]], "fresh": [[1, [0, 1, 2]]], "last": True}, None, None]


def test_a_killed_rank_is_told_of_by_the_next(tmp_path: Path) -> None:
    told = run(tmp_path, (-9, 0.2, 1), (0, 0.6, 2))
    assert told == [None, {"all": [[1, [0]], [2, [1]]], "fresh": [[1, [0]], [2, [1]]], "last": True}]


def test_a_rank_that_failed_does_not_wait_for_one_that_hangs(tmp_path: Path) -> None:
    told = run(tmp_path, (0, 3.0, 1), (1, 0.1, 2))
    rows = [[1, [0]], [2, [1]]]
    assert told == [
        {"all": rows, "fresh": [], "last": True},
        {"all": rows, "fresh": rows, "last": False},
    ]


def test_who_is_late_tells_what_is_new(tmp_path: Path) -> None:
    first, late = run(tmp_path, (0, 0.1, 1), (0, 3.0, 2))
    assert first == {"all": [[1, [0]], [2, [1]]], "fresh": [[1, [0]], [2, [1]]], "last": False}
    assert late == {"all": [[1, [0]], [2, [1]]], "fresh": [], "last": True}


def test_a_second_process_of_a_rank_has_no_part(tmp_path: Path) -> None:
    code = "\n".join(
        [
            "import os",
            "from torchcheck.ranks.join import nothing",
            "from torchcheck.ranks.meeting import Meeting",
            "from torchcheck.ranks.standing import standing",
            "Meeting(standing(os.environ), nothing)",
        ]
    )
    nested = f"import subprocess, sys\n{code}\nsys.exit(subprocess.run([sys.executable, '-c', {code!r}]).returncode)"
    environment = {**os.environ, **variables(tmp_path, 0, 2)}
    done = subprocess.run([sys.executable, "-c", nested], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "BlockingIOError" in done.stderr


def test_ranks_of_one_launch_meet_and_others_do_not(tmp_path: Path) -> None:
    one, other = (standing(variables(tmp_path, rank, 2)) for rank in (0, 1))
    elsewhere = standing(variables(tmp_path / "other", 0, 2))
    assert one is not None
    assert other is not None
    assert elsewhere is not None
    assert one.folder == other.folder != elsewhere.folder


@pytest.mark.parametrize(
    "changed", [{"LOCAL_WORLD_SIZE": "1"}, {"RANK": ""}, {"LOCAL_RANK": "x"}, {"LOCAL_WORLD_SIZE": ""}]
)
def test_a_process_on_its_own_has_no_standing(tmp_path: Path, changed: dict[str, str]) -> None:
    assert standing({**variables(tmp_path, 0, 2), **changed}) is None


def test_a_guest_leaves_what_it_found(tmp_path: Path) -> None:
    guest = standing({**variables(tmp_path, 0, 1), GUEST: str(tmp_path)})
    assert guest is not None
    assert (guest.folder, guest.is_guest) == (tmp_path, True)

"""`torchcheck history`, word by word."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.history.made import finding, make
from torchcheck.cli.main import main

GIT = {"commit": "1a2b3c4d5e", "branch": "main", "dirty": False, "changed": [], "untracked_count": 0}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs: the second with another learning rate, changed code, and other findings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    directory = tmp_path / "runs"
    make(directory, "20260301-120000-aaaa", git=GIT, words=("train.py", "--lr", "0.1"), findings=(finding(row=10),))
    make(
        directory,
        "20260302-120000-bbbb",
        git=GIT | {"dirty": True, "changed": ["train.py"], "commit": "1a2b3c4d5e"},
        diff="diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1,2 @@\n-a\n+b\n+c\n",
        words=("train.py", "--lr", "0.5", "--wide"),
        losses=(1.0, 2.0, float("nan")),
        rate=0.5,
        findings=(finding(row=14), finding("TCK607", row=20)),
        status=1,
        began="2026-03-02T12:00:00+00:00",
        python="3.12.1",
    )
    return directory


def history(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main(["history", *words]) == status
    out, err = capsys.readouterr()
    return out, err


def test_the_list(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = history(capsys, "list", "--history-dir", "runs")
    assert out == (
        "run                   began             script    code           steps  loss  findings   time  status\n"
        "20260301-120000-aaaa  2026-03-01 12:00  train.py  main@1a2b3c4       2   0.5  1 error   3.5 s  ok\n"
        "20260302-120000-bbbb  2026-03-02 12:00  train.py  main@1a2b3c4+      3   nan  2 errors  3.5 s  failed (1)\n"
    )
    assert err == "2 runs in runs\n"


def test_the_list_is_what_the_command_shows_without_another_word(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = history(capsys, "--history-dir", "runs", "--limit", "1")
    assert out.splitlines()[1].startswith("20260302-120000-bbbb")
    assert err == "2 runs in runs, the newest 1 shown\n"


def test_no_runs_at_all(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert history(capsys, "list", "--history-dir", "none") == ("", "no runs in none\n")


def test_the_list_as_json(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = history(capsys, "list", "--history-dir", "runs", "--json")
    first, second = json.loads(out)
    assert err == ""
    assert (first["id"], first["status"], first["loss"], first["findings"]) == (
        *("20260301-120000-aaaa", "ok", 0.5),
        {"error": 1},
    )
    assert (second["loss"], second["git"]["dirty"]) == ("nan", True)


@pytest.mark.parametrize("name", ["20260302-120000-bbbb", "20260302", "bbbb", "last"])
def test_one_run(runs: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    out, _ = history(capsys, "show", name, "--history-dir", "runs")
    assert out.startswith("run        20260302-120000-bbbb\nbegan      2026-03-02 12:00\n")
    assert "\ncommand    torchcheck run train.py --lr 0.5 --wide\n" in out
    assert "\ncode       main@1a2b3c4+; changed: train.py\n" in out
    assert "\nstatus     failed (1), 3 steps, 3.5 s\n" in out
    assert "\n  optimizer.lr        0.5\n" in out
    assert "1 -> nan, lowest 1 at step 0, no number at the end\n" in out
    assert "\nfindings\n  /project/train.py:14:5: error TCK201 [missing-zero-grad] Gradients add up.\n" in out


def test_one_run_as_json_and_its_diff(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = history(capsys, "show", "last~1", "--history-dir", "runs", "--json")
    shown = json.loads(out)
    assert shown["losses"] == {"loss": {"steps": [0, 1], "values": [1.0, 0.5]}}
    assert shown["optimizers"][0]["groups"][0]["lr"] == 0.1
    out, _ = history(capsys, "show", "--diff", "--history-dir", "runs")
    assert out.endswith("-a\n+b\n+c\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "xyz"], "no run `xyz` in runs; `torchcheck history list` shows them"),
        (["show", "2026"], "`2026` stands for 2 runs (20260301-120000-aaaa, 20260302-120000-bbbb); name one"),
        (["show", "last~2"], "`last~2`: there are 2 runs in runs"),
        (["compare", "xyz", "last"], "no run `xyz` in runs; `torchcheck history list` shows them"),
        (["prune"], "say what goes: --keep N, --older-than 30d, or both"),
        (
            ["prune", "--older-than", "3y"],
            "argument --older-than: must be a number of hours, days or weeks like 12h, 30d or 8w, not '3y'; "
            "see `torchcheck history prune --help`",
        ),
        (["shwo"], "no command `history shwo`; there are list, show, compare, prune"),
    ],
)
def test_what_there_is_not_is_one_line(
    runs: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    given = words if words == ["shwo"] else [*words, "--history-dir", "runs"]
    assert history(capsys, *given, status=2) == ("", f"torchcheck: error: {said}\n")


COMPARED = """\
           A                     B
run        20260301-120000-aaaa  20260302-120000-bbbb
began      2026-03-01 12:00      2026-03-02 12:00
code       main@1a2b3c4          main@1a2b3c4+
status     ok                    failed (1)
steps      2                     3
time       3.5 s                 3.5 s
last loss  0.5                   nan
findings   1 error               2 errors

code
  changed files  -  ->  [train.py]
  changes since the commit: none -> +2 -1 lines

command line
  --lr    0.1  ->  0.5
  --wide  -    ->  yes

versions and seed
  python  3.11.7  ->  3.12.1

settings
  optimizer.lr  0.1  ->  0.5

new findings (1)
  /project/train.py:20:5: error TCK607 [missing-zero-grad] Gradients add up.

curves
"""


def test_two_runs_side_by_side(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = history(capsys, "compare", "aaaa", "bbbb", "--history-dir", "runs")
    head, _, curves = out.partition("curves\n")
    assert head + "curves\n" == COMPARED
    lines = curves.splitlines()
    assert [line[:23] for line in lines] == [
        "  loss             A  ▃",
        "                   B  ▃",
        "  lr of optimizer  A  ▁",
        "                   B  █",
    ]
    assert lines[0].endswith("1 -> 0.5, 2 values")
    assert lines[1].endswith("1 -> nan, 3 values")
    assert "█x " in lines[1]


def test_a_run_is_as_itself(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = history(capsys, "compare", "aaaa", "aaaa", "--history-dir", "runs")
    assert "Code, command line, versions and settings are the same.\n" in out
    assert "findings (" not in out


def test_the_comparison_as_json(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = history(capsys, "compare", "bbbb", "aaaa", "--history-dir", "runs", "--output-format", "json")
    compared = json.loads(out)
    assert compared["settings"] == {"optimizer.lr": [0.5, 0.1]}
    assert compared["command"] == {"--lr": ["0.5", "0.1"], "--wide": [True, None]}
    assert [f["code"] for f in compared["gone_findings"]] == ["TCK607"]
    assert compared["new_findings"] == []
    assert compared["code"]["diffs_differ"]


def test_old_runs_are_removed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = history(capsys, "prune", "--keep", "1", "--dry-run", "--history-dir", "runs")
    assert out == "20260301-120000-aaaa\n"
    assert err == "1 run would be removed (0.0 MB), 1 stay\n"
    assert len(list(runs.glob("2026*"))) == 2
    history(capsys, "prune", "--keep", "1", "--history-dir", "runs")
    assert [path.name for path in runs.glob("2026*")] == ["20260302-120000-bbbb"]


def test_runs_are_removed_by_age(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recent = datetime.now(timezone.utc) - timedelta(hours=2)
    make(runs, "20990101-000000-cccc", began=recent.isoformat())
    out, _ = history(capsys, "prune", "--older-than", "1d", "--history-dir", "runs")
    assert out.splitlines() == ["20260301-120000-aaaa", "20260302-120000-bbbb"]
    out, _ = history(capsys, "prune", "--older-than", "1h", "--keep", "1", "--history-dir", "runs")
    assert out == ""
    assert [path.name for path in runs.glob("2*")] == ["20990101-000000-cccc"]


def test_the_settings_say_where_runs_are(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("torchcheck.toml").write_text('history-dir = "runs"\n', encoding="utf-8")
    monkeypatch.delenv("TORCHCHECK_HISTORY_DIR")
    assert history(capsys, "list")[1] == "2 runs in runs\n"

"""What several ranks found, made one."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.ranks.join import join, mistake, named
from torchcheck.ranks.record import Record, Writer, read
from torchcheck.report.text import render

FINDING = Finding(
    code="TCK201",
    name="missing-zero-grad",
    level=Level.ERROR,
    message="It is missing.",
    why="It grows.",
    help="Add it.",
    place=Span("/a/train.py", Position(3, 1), Position(3, 5)),
    lens=Lens.RUNTIME,
    step=1,
)
OTHER = replace(FINDING, place=Span("/a/train.py", Position(7, 1), Position(7, 5)))


def test_one_mistake_of_all_ranks_is_one_finding() -> None:
    (finding,) = join([Record(0, findings=[FINDING]), Record(1, findings=[replace(FINDING, step=4)])]).findings
    assert (finding.step, finding.evidence) == (1, {"ranks": [0, 1], "of_ranks": 2})
    assert "= seen: at step 1 on all 2 ranks\n" in render(finding)


def test_a_mistake_of_one_rank_names_it() -> None:
    (finding,) = join([Record(0), Record(2, findings=[FINDING]), Record(1, findings=[])]).findings
    assert "= seen: at step 1 on rank 2 of 3\n" in render(finding)


def test_a_process_on_its_own_says_nothing_of_ranks() -> None:
    assert join([Record(None, findings=[FINDING])]).findings == [FINDING]


def test_what_was_told_before_is_not_fresh() -> None:
    joined = join([Record(0, findings=[FINDING]), Record(1, findings=[OTHER])], told=[mistake(FINDING)])
    assert [finding.row for finding in joined.findings] == [3, 7]
    assert [finding.row for finding in joined.fresh] == [7]


def test_only_the_latest_attempt_of_a_rank_counts() -> None:
    joined = join([Record(0, attempt=1), Record(0, attempt=0, findings=[FINDING]), Record(1, findings=[OTHER])])
    assert [finding.row for finding in joined.findings] == [7]


def test_processes_of_one_number_started_one_after_the_other_all_count() -> None:
    joined = join([Record(0, findings=[FINDING]), Record(0, findings=[OTHER])])
    assert [finding.row for finding in joined.findings] == [3, 7]


def test_a_remark_of_all_ranks_stands_once_and_one_of_some_names_them() -> None:
    joined = join([Record(0, remarks=["a", "b"]), Record(1, remarks=["a"]), Record(2, remarks=["a", "c"])])
    assert joined.remarks == ["a", "rank 0: b", "rank 2: c"]


@pytest.mark.parametrize(
    ("ranks", "text"), [([1], "rank 1"), ([0, 3], "ranks 0 and 3"), ([0, 1, 2], "ranks 0, 1 and 2")]
)
def test_ranks_are_named_as_in_a_sentence(ranks: list[int], text: str) -> None:
    assert named(ranks) == text


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "record"
    writer = Writer(path, 3, attempt=1)
    finding = replace(FINDING, evidence={"loss": math.inf})
    writer.found(finding)
    assert read(path) == Record(3, 1, findings=[finding])
    writer.note({"step": 2})
    ended = Record(3, 1, [FINDING, OTHER], ["a"], steps=4, seconds=0.5, status=1, notes=[{"step": 2}])
    writer.end(ended)
    assert read(path) == ended


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "record"
    Writer(path, 0).found(FINDING)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"finding": {"code": "TCK')
    assert read(path) == Record(0, findings=[FINDING])
    path.write_text("", encoding="utf-8")
    assert read(path) is None

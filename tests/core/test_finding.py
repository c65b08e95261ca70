"""Findings: their JSON form, their order, and the two lenses joined."""

from __future__ import annotations

import json

import pytest

from torchcheck.finding import Edit, Finding, Fix, Lens, Level, Position, Span, merge


def finding(row: int = 3, lens: Lens = Lens.STATIC, code: str = "TCK101", **more) -> Finding:
    return Finding(
        code=code,
        name="softmax-before-cross-entropy",
        level=Level.ERROR,
        message="softmax twice",
        why="It learns slowly.",
        help="Drop it.",
        place=Span("train.py", Position(row, 5), Position(row, 20)),
        lens=lens,
        **more,
    )


def test_json_has_the_promised_keys_and_leaves_out_what_does_not_apply() -> None:
    assert finding().to_json() == {
        "code": "TCK101",
        "name": "softmax-before-cross-entropy",
        "severity": "error",
        "message": "softmax twice",
        "why": "It learns slowly.",
        "help": "Drop it.",
        "filename": "train.py",
        "location": {"row": 3, "column": 5},
        "end_location": {"row": 3, "column": 20},
        "lens": "static",
    }


def test_json_and_back_is_the_same_finding() -> None:
    full = finding(
        module="head.2",
        step=7,
        evidence={"ratio": 0.5},
        fix=Fix("Drop the softmax", (Edit(Position(3, 5), Position(3, 9), "x"),)),
    )
    assert Finding.from_json(json.loads(json.dumps(full.to_json()))) == full


def test_findings_are_sorted_by_path_line_and_code() -> None:
    found = [finding(9), finding(3, code="TCK201"), finding(3)]
    assert [(f.row, f.code) for f in merge(found)] == [(3, "TCK101"), (3, "TCK201"), (9, "TCK101")]


def test_one_mistake_seen_by_both_lenses_is_one_finding() -> None:
    (joined,) = merge([finding(), finding(lens=Lens.RUNTIME, module="head", step=4, evidence={"n": 1})])
    assert joined.lens is Lens.BOTH
    assert (joined.module, joined.step, joined.evidence) == ("head", 4, {"n": 1})


def test_mistakes_in_different_lines_stay_apart() -> None:
    assert [f.lens for f in merge([finding(3), finding(4, lens=Lens.RUNTIME)])] == [Lens.STATIC, Lens.RUNTIME]


def test_a_runtime_finding_without_a_module_gives_way_to_one_that_names_it() -> None:
    vague, exact = finding(lens=Lens.RUNTIME), finding(lens=Lens.RUNTIME, module="head.2")
    assert merge([vague, exact]) == [exact]
    assert merge([exact, finding(lens=Lens.RUNTIME, module="tail")]) == [
        exact,
        finding(lens=Lens.RUNTIME, module="tail"),
    ]


def test_a_finding_reported_twice_is_shown_once() -> None:
    assert merge([finding(), finding()]) == [finding()]


@pytest.mark.parametrize(
    ("level", "other", "reaches"),
    [
        (Level.ERROR, Level.WARNING, True),
        (Level.WARNING, Level.WARNING, True),
        (Level.INFO, Level.WARNING, False),
        (Level.WARNING, Level.ERROR, False),
    ],
)
def test_levels_are_ordered_by_gravity(level: Level, other: Level, reaches: bool) -> None:
    assert level.reaches(other) is reaches


def test_a_place_in_a_notebook_names_its_cell() -> None:
    assert str(Span("a.ipynb", Position(4, 1), Position(4, 2), cell=2)) == "cell 2:4"
    assert str(Span("a.py", Position(4, 1), Position(4, 2))) == "a.py:4"

"""Findings as JSON."""

from __future__ import annotations

import dataclasses
import json
import os

from tests.report.test_text import FINDING
from torchcheck.finding import Edit, Finding, Fix, Position, Span
from torchcheck.report.as_json import dumps


def test_the_keys_are_those_of_the_contract() -> None:
    (data,) = json.loads(dumps([FINDING]))
    assert data == {
        "code": "TCK101",
        "name": "softmax-before-cross-entropy",
        "severity": "error",
        "message": FINDING.message,
        "why": FINDING.why,
        "help": FINDING.help,
        "filename": os.path.abspath("train.py"),
        "location": {"row": 2, "column": 8},
        "end_location": {"row": 2, "column": 27},
        "lens": "static",
    }


def test_a_finding_comes_back_from_its_json() -> None:
    fix = Fix("Drop it", (Edit(Position(1, 2), Position(1, 3), "x"),))
    place = Span("/a/train.py", Position(1, 2), Position(1, 3), cell=4)
    finding = dataclasses.replace(FINDING, place=place, fix=fix, module="fc", step=3, evidence={"ratio": 0.5})
    assert [Finding.from_json(data) for data in json.loads(dumps([finding]))] == [finding]


def test_numbers_that_are_not_finite_stay_valid_json() -> None:
    evidence = {"value": float("nan"), "peak": [float("inf"), {"low": float("-inf")}]}
    text = dumps([dataclasses.replace(FINDING, evidence=evidence)])

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    (data,) = json.loads(text, parse_constant=refuse)
    assert data["evidence"] == {"value": "nan", "peak": ["inf", {"low": "-inf"}]}


def test_names_that_are_no_paths_stay_as_they_are() -> None:
    place = dataclasses.replace(FINDING.place, filename="<stdin>")
    assert json.loads(dumps([dataclasses.replace(FINDING, place=place)]))[0]["filename"] == "<stdin>"


def test_paths_in_messages_are_from_the_root_of_the_project() -> None:
    message = f"as the step at {os.path.join(os.getcwd(), 'src', 'train.py')}:17 has used, in /elsewhere/loop.py:3"
    data = json.loads(dumps([dataclasses.replace(FINDING, message=message)]))
    assert (
        data[0]["message"] == f"as the step at {os.path.join('src', 'train.py')}:17 has used, in /elsewhere/loop.py:3"
    )


def test_one_line_without_indent() -> None:
    assert dumps([FINDING], indent=None).count("\n") == 0
    assert dumps([]) == "[]"

"""What belongs to `torchcheck run` and what to the script, and the exit code."""

from __future__ import annotations

import dataclasses

import pytest

from tests.report.test_text import FINDING
from torchcheck.cli.run import build_parser, closing_line, exit_code, split_target
from torchcheck.finding import Level
from torchcheck.probe.script import Outcome
from torchcheck.ranks.join import join
from torchcheck.ranks.record import Record

WARNING = dataclasses.replace(FINDING, level=Level.WARNING)
REMARK = dataclasses.replace(FINDING, level=Level.INFO)


@pytest.mark.parametrize(
    ("line", "ours", "target", "is_module"),
    [
        ("train.py", "", "train.py", False),
        ("train.py --steps 3 -m x --lr=1", "", "train.py --steps 3 -m x --lr=1", False),
        ("--steps 3 train.py --steps 5", "--steps 3", "train.py --steps 5", False),
        ("--fail-fast train.py -- x", "--fail-fast", "train.py -- x", False),
        ("--steps=3 --select TCK1,TCK2 train.py", "--steps=3 --select TCK1,TCK2", "train.py", False),
        ("-o out.json --output-format json train.py", "-o out.json --output-format json", "train.py", False),
        ("-m pkg.train --lr 3 -m y", "", "pkg.train --lr 3 -m y", True),
        ("--isolated -m pkg", "--isolated", "pkg", True),
        ("--fail-fast -- --odd.py -x", "--fail-fast", "--odd.py -x", False),
        ("--config run.every=3 train.py", "--config run.every=3", "train.py", False),
        ("--help train.py", "--help", "train.py", False),
        ("--steps", "--steps", "", False),
        ("", "", "", False),
    ],
)
def test_options_stand_before_the_script(line: str, ours: str, target: str, is_module: bool) -> None:
    found = split_target(line.split(), build_parser().valued_options())
    assert found == (ours.split(), target.split(), is_module)


@pytest.mark.parametrize(
    ("status", "findings", "fail_on", "expected"),
    [
        (0, [], "error", 0),
        (0, [FINDING], "error", 1),
        (0, [WARNING], "error", 0),
        (0, [WARNING], "warning", 1),
        (0, [REMARK], "warning", 0),
        (0, [FINDING], "never", 0),
        (3, [FINDING], "error", 3),
        (3, [], "never", 3),
        (130, [FINDING], "error", 130),
    ],
)
def test_the_script_that_failed_goes_first(status: int, findings: list, fail_on: str, expected: int) -> None:  # type: ignore[type-arg]
    assert exit_code(status, findings, fail_on) == expected


@pytest.mark.parametrize(
    ("status", "steps", "expected"),
    [
        (1, 0, "no findings, stopped before the first step, 0.5 s"),
        (1, 1, "no findings in 1 step, 0.5 s"),
        (0, 0, "no findings in no steps, 0.5 s"),
    ],
)
def test_a_crash_before_the_first_step_is_told(status: int, steps: int, expected: str) -> None:
    joined = join([Record(None, steps=steps, seconds=0.5, status=status)])
    assert closing_line(joined, Outcome(status, [], [], steps, 0.5, None, False)) == expected

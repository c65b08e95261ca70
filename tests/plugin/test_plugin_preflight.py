"""`torchcheck.preflight(...)` in a test: with the rules of the test, failing and warning as they do."""

from __future__ import annotations

import pytest

MODEL = """
import pytest
import torch
from torch import nn

def parts(lost):
    torch.manual_seed(0)
    first = nn.Threshold(1e3, 0.0) if lost else nn.Identity()
    net = nn.Sequential(first, nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    return net, (torch.randn(8, 6), torch.arange(8) % 3), nn.CrossEntropyLoss()
"""


@pytest.mark.slow
def test_the_exam_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        MODEL
        + """
def test_right(torchcheck):
    exam = torchcheck.preflight(*parts(False), seconds=20)
    assert [row.check for row in exam.rows][1] == "one batch by heart"

def test_lost(torchcheck):
    torchcheck.preflight(*parts(True), seconds=20)

@pytest.mark.torchcheck(ignore=["TCK614"])
def test_ignored(torchcheck):
    torchcheck.preflight(*parts(True), seconds=20)

def test_allowed(torchcheck):
    torchcheck.allow("TCK614", reason="a test")
    torchcheck.allow("TCK617", reason="a test")
    assert torchcheck.preflight(*parts(True), seconds=20).findings == []

def test_misused(torchcheck):
    torchcheck.preflight(nn.Linear(2, 2), 3, nn.MSELoss())
"""
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, failed=2, warnings=2)
    result.stdout.fnmatch_lines(
        [
            "*error TCK614 [[]cannot-overfit-one-batch[]]*",
            "*torchcheck.preflight(*parts(True), seconds=20)",
            "*test_the_exam_of_a_test.py:*: torchcheck: preflight: the loss of * can't be computed: *",
        ]
    )


@pytest.mark.slow
def test_without_torchcheck_there_is_no_exam(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_off(torchcheck):
            assert torchcheck.preflight("no model", None).rows == []
        """
    )
    pytester.runpytest_subprocess("--no-torchcheck").assert_outcomes(passed=1)

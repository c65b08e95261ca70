"""The order of a step, seen from the run: every way to clear is right, and every way to forget is seen."""

from __future__ import annotations

import linecache

import pytest

torch = pytest.importorskip("torch")

from tests.probe.loops import CLEAN, FORGOTTEN, STALE, STEPS, TOO_EARLY, Loop, loss_of, net  # noqa: E402
from torchcheck import watch  # noqa: E402
from torchcheck.probe.forwards import NOT_UNDER_COMPILE  # noqa: E402

RULES = ["TCK201", "TCK202", "TCK203"]


def codes(loop: Loop) -> list[str]:
    with watch(select=RULES) as report:
        loop()
    assert set(report.remarks) <= {NOT_UNDER_COMPILE}
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("loop", CLEAN.values(), ids=CLEAN)
def test_a_right_loop_is_silent(loop: Loop) -> None:
    with watch(select=RULES) as report:
        loop()
    assert [f"{f.code} {f.place} {f.message}" for f in report.findings] == []
    assert set(report.remarks) <= {NOT_UNDER_COMPILE}


@pytest.mark.parametrize("loop", STALE.values(), ids=STALE)
def test_gradients_that_pile_up_are_seen(loop: Loop) -> None:
    assert codes(loop) == ["TCK201"]


@pytest.mark.parametrize("loop", TOO_EARLY.values(), ids=TOO_EARLY)
def test_a_clear_before_the_step_is_seen(loop: Loop) -> None:
    assert codes(loop) == ["TCK202"]


@pytest.mark.parametrize("loop", FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_step_that_never_comes_is_seen(loop: Loop) -> None:
    assert codes(loop) == ["TCK203"]


@pytest.mark.parametrize(("first", "second"), [("plain", "no_zero_grad"), ("plain", "no_step")])
def test_a_mistake_in_a_later_stage_is_seen(first: str, second: str) -> None:
    code = {"no_zero_grad": "TCK201", "no_step": "TCK203"}[second]
    with watch(select=RULES) as report:
        for _ in range(4):
            CLEAN[first]()
        {**STALE, **FORGOTTEN}[second]()
    assert [finding.code for finding in report.findings] == [code]


def test_a_mistake_that_begins_late_is_seen_at_a_sampled_step() -> None:
    def loop() -> None:
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
        for step in range(120):
            if step < 60:
                optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    assert codes(loop) == ["TCK201"]


def test_the_step_and_the_line_are_told() -> None:
    with watch(select=["TCK201"]) as report:
        STALE["no_zero_grad"]()
    (finding,) = report.findings
    assert finding.step == 1
    assert "loss_of(model).backward()" in linecache.getline(finding.filename, finding.row)
    assert finding.evidence["times"] == STEPS - 1

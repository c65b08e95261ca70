"""No correct example is accused, under either lens."""

from __future__ import annotations

from pathlib import Path

import pytest

import torchcheck
from tests.examples.gallery import EXAMPLES, TRAININGS, load
from tests.lenses import lint, run

CORRECT = sorted(path for path in EXAMPLES.glob("*.py") if path.stem != "test_examples")  # that one shows a mistake


@pytest.mark.parametrize("path", CORRECT, ids=lambda path: path.stem)
def test_the_linter_says_nothing_even_with_every_rule(path: Path) -> None:
    assert lint(path, select=["ALL"]).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAININGS)
def test_the_probes_say_nothing_even_with_every_rule(name: str) -> None:
    seen = run(EXAMPLES / f"{name}.py", select=["ALL"])
    assert seen.findings == []
    assert seen.status == 0
    assert seen.remarks == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAININGS)
def test_the_probes_say_nothing_when_they_look_at_every_step(name: str) -> None:
    assert run(EXAMPLES / f"{name}.py", every=1).alarms == []


@pytest.mark.slow
@pytest.mark.parametrize(("lr", "code"), [("1e-6", "TCK601"), ("5", "TCK602")])
def test_silence_is_no_deafness(lr: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    example = load("mlp", monkeypatch)
    with torchcheck.watch() as report:
        example.main(["--lr", lr, "--epochs", "5"])
    led_to = {"TCK605", "TCK617"} if code == "TCK602" else set()  # dead units, and a model that ignores its input
    assert {finding.code for finding in report.findings} - led_to == {code}

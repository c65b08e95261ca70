"""The examples of every rule, run through every lens that it claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lenses import exam, lint, run
from torchcheck.finding import Lens, Level
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule

BAD = [pytest.param(rule, text, id=f"{rule.code}-{i}") for rule in all_rules() for i, text in enumerate(rule.bad)]
GOOD = [pytest.param(rule, text, id=f"{rule.code}-{i}") for rule in all_rules() for i, text in enumerate(rule.good)]


@pytest.fixture
def write(tmp_path: Path):
    def write_program(text: str) -> Path:
        path = tmp_path / "train.py"
        path.write_text(text)
        return path

    return write_program


def _of(cases, lens: Lens):
    return [case for case in cases if lens in case.values[0].lenses()]


def _examined(cases):
    """Those with a function that says what is to be examined."""
    return [case for case in _of(cases, Lens.EXAM) if "\ndef setup():" in case.values[1]]


@pytest.mark.parametrize(("rule", "text"), _of(BAD, Lens.STATIC))
def test_the_linter_finds_the_mistake_and_nothing_else(rule: type[Rule], text: str, write) -> None:
    selected = [rule.code] if rule.level is Level.INFO or rule.preview else None
    assert lint(write(text), select=selected).codes == {rule.code}


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "text"), _of(BAD, Lens.RUNTIME))
def test_the_probes_find_the_mistake_and_nothing_else(rule: type[Rule], text: str, write) -> None:
    selected = [rule.code] if rule.level is Level.INFO or rule.preview else None
    assert run(write(text), select=selected).codes == {rule.code}


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "text"), _examined(BAD))
def test_the_exam_finds_the_mistake_and_nothing_else(rule: type[Rule], text: str, write) -> None:
    assert exam(write(text)).codes == {rule.code}


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "text"), _examined(GOOD))
def test_the_exam_accuses_no_good_example(rule: type[Rule], text: str, write) -> None:
    seen = exam(write(text))
    assert seen.alarms == []
    assert seen.remarks == ()


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_of_the_exam_alone_has_nothing_but_setups(rule: type[Rule]) -> None:
    if rule.lenses() == (Lens.EXAM,):
        assert all("\ndef setup():" in text for text in (*rule.bad, *rule.good))


@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_the_linter_accuses_no_good_example(rule: type[Rule], text: str, write) -> None:
    assert lint(write(text)).alarms == []
    assert rule.code not in lint(write(text), select=["ALL"]).codes


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "text"), GOOD)
def test_the_probes_accuse_no_good_example(rule: type[Rule], text: str, write) -> None:
    seen = run(write(text))
    assert seen.alarms == []
    assert seen.status == 0


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_documented(rule: type[Rule]) -> None:
    """Every rule says what, why and what to do, and shows as many near-misses as mistakes."""
    assert rule.__doc__
    assert rule.why.endswith(".")
    assert rule.help.endswith(".")
    assert len(rule.bad) >= 2
    assert len(rule.good) >= 2
    assert rule.lenses()
    assert all(rule.option_docs().values())


def test_a_rule_file_is_named_like_its_rule() -> None:
    for rule in all_rules():
        assert rule.__module__.rsplit(".", 1)[1] == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)

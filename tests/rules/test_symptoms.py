"""What one mistake leads to is told with it."""

from __future__ import annotations

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.rules import all_rules, find_rule
from torchcheck.rules.symptoms import without_symptoms


def finding(code: str, row: int = 1, lens: Lens = Lens.RUNTIME) -> Finding:
    rule = find_rule(code)
    assert rule is not None
    place = Span("train.py", Position(row, 1), Position(row, 2))
    return Finding(code, rule.name, Level.WARNING, "it is so", rule.why, rule.help, place, lens)


def test_a_symptom_gives_way_to_its_cause() -> None:
    (told,) = without_symptoms([finding("TCK605"), finding("TCK602", 3), finding("TCK606")])
    assert told.code == "TCK602"
    assert told.evidence["led_to"] == ["TCK605", "TCK606"]


def test_a_symptom_alone_is_told() -> None:
    both = [finding("TCK605"), finding("TCK606")]
    assert without_symptoms(both) == both


def test_others_are_told_beside_a_cause_in_their_order() -> None:
    given = [finding("TCK301"), finding("TCK602"), finding("TCK201")]
    assert without_symptoms(given) == given


def test_telling_twice_changes_nothing() -> None:
    once = without_symptoms([finding("TCK605"), finding("TCK602")])
    assert without_symptoms(once) == once


def test_every_cause_is_a_rule_that_is_no_symptom_itself() -> None:
    for rule in all_rules():
        for code in rule.symptom_of:
            cause = find_rule(code)
            assert cause is not None
            assert not cause.symptom_of


def test_source_code_explains_its_own_line_alone() -> None:
    cause, there = finding("TCK104", 3, Lens.STATIC), finding("TCK117", 3, Lens.STATIC)
    elsewhere = finding("TCK117", 4, Lens.STATIC)
    assert [(f.code, f.row) for f in without_symptoms([there, cause, elsewhere])] == [("TCK104", 3), ("TCK117", 4)]

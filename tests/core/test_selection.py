"""Which rules are on."""

from __future__ import annotations

import pytest

from torchcheck.errors import UsageError
from torchcheck.finding import Level
from torchcheck.rules import all_rules, find_rule
from torchcheck.selection import Selection

SECOND = {rule.code for rule in all_rules() if rule.code.startswith("TCK2") and not rule.preview}


def codes(**lists) -> set[str]:
    return {rule.code for rule in Selection(**lists).rules()}


def test_errors_and_warnings_are_on_and_advice_is_off() -> None:
    expected = {rule.code for rule in all_rules() if rule.level is not Level.INFO and not rule.preview}
    assert codes() == expected
    assert "TCK102" not in expected


def test_all_takes_advice_too() -> None:
    assert "TCK102" in codes(select=("ALL",))


@pytest.mark.parametrize(
    ("lists", "on"),
    [
        pytest.param({"select": ("TCK101",)}, {"TCK101"}, id="a code"),
        pytest.param({"select": ("tck101",)}, {"TCK101"}, id="a code in lower case"),
        pytest.param({"select": ("softmax-before-cross-entropy",)}, {"TCK101"}, id="a name"),
        pytest.param({"select": ("TCK2",)}, SECOND, id="a prefix"),
        pytest.param({"select": ("TCK2",), "ignore": ("TCK201",)}, SECOND - {"TCK201"}, id="ignore is more specific"),
        pytest.param({"select": ("TCK201",), "ignore": ("TCK2",)}, {"TCK201"}, id="select is more specific"),
        pytest.param({"select": ("TCK201",), "ignore": ("TCK201",)}, set(), id="ignore wins a draw"),
        pytest.param(
            {"select": ("TCK101",), "extend_select": ("TCK102",)}, {"TCK101", "TCK102"}, id="extend-select adds"
        ),
    ],
)
def test_the_more_specific_selector_wins(lists: dict[str, tuple[str, ...]], on: set[str]) -> None:
    assert codes(**lists) == on


def test_extend_select_keeps_the_defaults() -> None:
    assert codes(extend_select=("TCK102",)) == codes() | {"TCK102"}


def test_an_unknown_selector_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match=r"unknown rule selector `TCK110O`.*did you mean"):
        codes(select=("TCK110O",))
    with pytest.raises(UsageError, match="did you mean `missing-zero-grad`"):
        codes(ignore=("mising-zero-grad",))


def test_a_rule_is_found_by_code_and_by_name() -> None:
    assert find_rule("TCK201") is find_rule("missing-zero-grad") is not None
    assert find_rule("TCK999") is None


def test_options_reach_the_rule() -> None:
    rule = next(rule for rule in all_rules() if rule.option_docs())
    name = next(iter(rule.option_docs()))
    (configured,) = Selection(select=(rule.code,)).rules({rule.name: {name: 123.0}})
    assert getattr(configured.options, name) == 123.0


@pytest.mark.parametrize("selector", ["TCK9", "tck99", "TCK1019"])
def test_digits_that_begin_no_code_suggest_none(selector: str) -> None:
    with pytest.raises(UsageError, match=f"unknown rule selector `{selector}`: no rule's code starts so") as raised:
        codes(select=(selector,))
    assert "did you mean" not in str(raised.value)


def test_a_rule_knows_the_oldest_torch_of_the_project() -> None:
    (rule,) = Selection(("TCK101",)).rules(target_torch=(2, 4))
    assert rule.target_torch == (2, 4)
    (rule,) = Selection(("TCK101",)).rules()
    assert rule.target_torch is None


def test_preview_makes_preview_rules_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = find_rule("TCK301")
    assert rule is not None
    monkeypatch.setattr(rule, "preview", True)
    assert "TCK301" not in {r.code for r in Selection().rules()}
    assert "TCK301" not in {r.code for r in Selection(("TCK3",)).rules()}
    assert "TCK301" in {r.code for r in Selection(("TCK301",)).rules()}
    assert "TCK301" in {r.code for r in Selection(preview=True).rules()}
    assert "TCK301" in {r.code for r in Selection(("TCK3",), preview=True).rules()}
    assert "TCK301" not in {r.code for r in Selection(ignore=("TCK3",), preview=True).rules()}

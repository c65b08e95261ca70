"""The rules about the order of a step, judged on event orders alone."""

from __future__ import annotations

import pytest

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Position, Span
from torchcheck.rules.base import Rule
from torchcheck.rules.tck201_missing_zero_grad import MissingZeroGrad
from torchcheck.rules.tck202_zero_grad_before_step import ZeroGradBeforeStep
from torchcheck.rules.tck203_missing_optimizer_step import MissingOptimizerStep

LETTERS = {
    "b": Act.BACKWARD,
    "s": Act.STEP,
    "c": Act.CLEAR,
    "l": Act.SCHEDULE,
    "h": Act.BY_HAND,
    "?": Act.UNKNOWN,
}


def trace(order: str, never_steps: bool = False) -> StepTrace:
    """`b s c` and so on; a capital letter is an act that only some executions reach."""
    events = [
        Event(
            LETTERS[letter.lower()],
            Span("train.py", Position(i + 1, 1), Position(i + 1, 2)),
            certain=not letter.isupper(),
        )
        for i, letter in enumerate(order.replace(" ", ""))
    ]
    return StepTrace(events=events, optimizer="optimizer", never_steps=never_steps)


def rows(rule: type[Rule], fact: StepTrace) -> list[int]:
    return [found.at.span().start.row for found in rule().steps(fact)]


@pytest.mark.parametrize(
    ("order", "row"),
    [
        pytest.param("bs bs", 3, id="plain"),
        pytest.param("bbs bbs", 5, id="accumulation that never clears"),
        pytest.param("cbs bs", 4, id="cleared once before the loop"),
        pytest.param("bsl bsl", 4, id="with a scheduler"),
    ],
)
def test_a_step_that_uses_old_gradients_again_is_found(order: str, row: int) -> None:
    assert rows(MissingZeroGrad, trace(order)) == [row]


@pytest.mark.parametrize(
    "order",
    [
        pytest.param("cbs cbs", id="cleared before the backward"),
        pytest.param("bsc bsc", id="cleared after the step"),
        pytest.param("bbbs c bbbs", id="accumulation"),
        pytest.param("cbsb cbsb", id="gradients of another loss, cleared before they are used"),
        pytest.param("b?s b?s", id="something unknown may have cleared"),
        pytest.param("bsC bsC", id="cleared on some executions"),
        pytest.param("Bs Bs", id="a backward that only some executions reach"),
        pytest.param("bs", id="one step only"),
        pytest.param("bb", id="no step"),
        pytest.param("ss", id="no backward"),
        pytest.param("s bs c", id="a step ahead of the first backward"),
    ],
)
def test_orders_that_clear_or_may_clear_are_right(order: str) -> None:
    assert rows(MissingZeroGrad, trace(order)) == []


@pytest.mark.parametrize(
    ("order", "row"),
    [
        pytest.param("bcs bcs", 2, id="between backward and step"),
        pytest.param("cbcs", 3, id="a second clear in the wrong place"),
        pytest.param("bccs", 2, id="cleared twice"),
        pytest.param("bclS bcls", 2, id="found on the path that surely steps"),
    ],
)
def test_a_clear_that_takes_the_gradients_from_the_step_is_found(order: str, row: int) -> None:
    found = rows(ZeroGradBeforeStep, trace(order))
    assert found
    assert found[0] >= row


@pytest.mark.parametrize(
    "order",
    [
        pytest.param("cbs cbs", id="right order"),
        pytest.param("bcbs", id="two backwards, the first for something else"),
        pytest.param("bCs", id="a clear on some executions"),
        pytest.param("b?cs", id="something unknown may have stepped"),
        pytest.param("bsccs", id="a step with no new gradients is another rule's"),
        pytest.param("bhcs", id="weights were updated by hand"),
    ],
)
def test_clears_that_take_nothing_away_are_right(order: str) -> None:
    assert rows(ZeroGradBeforeStep, trace(order)) == []


@pytest.mark.parametrize("order", ["cb cb", "bc bc", "bl bl", "bb"])
def test_gradients_that_no_step_uses_are_found(order: str) -> None:
    assert len(rows(MissingOptimizerStep, trace(order, never_steps=True))) == 1


@pytest.mark.parametrize(
    ("order", "never_steps"),
    [
        pytest.param("cb cb", False, id="another part of the program may step"),
        pytest.param("cb cbs", True, id="it steps"),
        pytest.param("cb? cb?", True, id="something unknown may step"),
        pytest.param("cbh cbh", True, id="weights are updated by hand"),
        pytest.param("b", True, id="one backward"),
        pytest.param("BB", True, id="backwards that only some executions reach"),
    ],
)
def test_gradients_with_a_use_are_right(order: str, never_steps: bool) -> None:
    assert rows(MissingOptimizerStep, trace(order, never_steps)) == []

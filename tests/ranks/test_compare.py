"""What ranks noted of their parameters, compared; and what TCK621 makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from torchcheck.facts.replicas import Alike
from torchcheck.finding import Finding
from torchcheck.ranks.compare import apart, judged
from torchcheck.ranks.record import Record
from torchcheck.selection import Selection

Row = tuple[str, float | None, float | None, float | None, float | None]
Values = Callable[[int, int], list[Row]]
"""By rank and step: each parameter's name, sum and norm, and those of its gradient."""


def records(values: Values, *, ranks: int = 2, steps: tuple[int, ...] = (0, 1, 2, 3, 5), **said: Any) -> list[Record]:
    """What ranks noted."""
    model = {
        "identity": ["Net", "[]"],
        "name": "model",
        "group": list(range(ranks)),
        "wrapped": False,
        "hooked": False,
        "bypassed": None,
        "shares_data": False,
        "exchanges": False,
        "place": ["/a/train.py", 7, 5, 7, 21],
        **said,
    }
    return [
        Record(rank, notes=[_note(rank, step, {**model, "parameters": values(rank, step)}) for step in steps])
        for rank in range(ranks)
    ]


def _note(rank: int, step: int, model: dict[str, Any]) -> dict[str, Any]:
    return {"step": step, "rank": rank, "models": [model]}


def alike(rank: int, step: int) -> list[Row]:
    return [("weight", 1.0 + step, 2.0, 0.5, 0.7), ("bias", 0.5, 1.0, 0.1, 0.2)]


def drifting(rank: int, step: int) -> list[Row]:
    return [("weight", 1.0 + rank * step, 2.0, 0.5 + rank, 0.7), ("bias", 0.5, 1.0, 0.1, 0.2)]


def begun_apart(rank: int, step: int) -> list[Row]:
    return [("weight", 1.0 + rank, 2.0, 0.5, 0.7), ("bias", 0.0, 0.0, 0.1, 0.2)]


def rejoining(rank: int, step: int) -> list[Row]:
    return drifting(rank, 0 if step == 2 else step)


def rounding(rank: int, step: int) -> list[Row]:
    return [("weight", 1.0 + rank * step * 1e-7, 2.0, 0.5, 0.7)]


def overflowing(rank: int, step: int) -> list[Row]:
    return [("weight", float("nan"), float("inf"), 0.5, 0.7)]


def found(given: list[Record]) -> list[Finding]:
    return judged(Selection(select=("TCK621",)).rules())(given)


def test_models_that_are_the_same_are_no_fact() -> None:
    assert list(apart(records(alike))) == []
    assert list(apart(records(rounding))) == []
    assert list(apart(records(overflowing))) == []


def test_a_drift_says_since_when_and_how_far() -> None:
    (fact,) = apart(records(drifting))
    assert (fact.parameters, fact.of_parameters, fact.ranks) == (("weight",), 2, (0, 1))
    assert (fact.since, fact.samples, fact.step) == (1, 4, 5)
    assert (fact.difference, fact.began_alike, fact.gradients) == (2.5, True, Alike.DIFFERENT)


def test_gradients_that_are_the_same_are_seen() -> None:
    (fact,) = apart(records(begun_apart))
    assert (fact.since, fact.began_alike, fact.gradients) == (0, False, Alike.EQUAL)


def test_ranks_that_train_other_models_are_not_compared() -> None:
    first, second = records(drifting)
    for note in second.notes:
        note["models"][0]["identity"] = ["Discriminator", "[]"]
    assert list(apart([first, second])) == []


def test_ranks_that_never_met_are_not_compared() -> None:
    first, second = records(drifting)
    second.notes = [{**note, "step": note["step"] + 100} for note in second.notes]
    assert list(apart([first, second])) == []


def _bad() -> Iterator[tuple[Values, dict[str, Any], str]]:
    place = ["/a/train.py", 5, 5, 5, 20]
    yield drifting, {"wrapped": True, "bypassed": place}, "it is called past its `DistributedDataParallel`"
    yield drifting, {"wrapped": True}, "`DistributedDataParallel` does not average the gradients of these parameters"
    yield begun_apart, {"wrapped": True}, "weights were set after `DistributedDataParallel` made them equal"
    yield begun_apart, {"exchanges": True}, "so they began with different weights"
    yield drifting, {"shares_data": True}, "each rank has its own part of the data"


@pytest.mark.parametrize(("values", "said", "cause"), list(_bad()))
def test_ranks_that_should_be_alike_are_told(values: Values, said: dict[str, Any], cause: str) -> None:
    (finding,) = found(records(values, ranks=3, **said))
    assert finding.message.startswith("The ranks' copies of `model` differ since step ")
    assert cause in finding.message
    assert finding.row == (5 if said.get("bypassed") else 7)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(drifting, {}, id="nothing says that they share the work"),
        pytest.param(drifting, {"shares_data": True, "exchanges": True}, id="averaged now and then"),
        pytest.param(drifting, {"wrapped": True, "exchanges": True}, id="averaged by hand beside the wrapper"),
        pytest.param(drifting, {"wrapped": True, "hooked": True}, id="a communication hook of the user's"),
        pytest.param(rejoining, {"wrapped": True}, id="local steps between averages"),
        pytest.param(alike, {"wrapped": True, "shares_data": True}, id="alike"),
    ],
)
def test_ranks_that_may_differ_are_left_alone(values: Values, said: dict[str, Any]) -> None:
    assert found(records(values, **said)) == []


def test_a_short_run_says_nothing() -> None:
    assert found(records(drifting, steps=(0, 1, 2), wrapped=True)) == []

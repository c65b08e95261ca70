"""The rules about curves, on curves of which it is known what they show."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from torchcheck.curves.share import standard_error
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Finding, Lens, Position, Span
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection

PLACE = Span("log.csv", Position(9, 1), Position(9, 1))
STEPS, EPOCHS = 400, 20


def series(name: str, values: Sequence[float], every: int = 1) -> Series:
    return Series(name=name, steps=[float(every * (i + 1)) for i in range(len(values))], values=values, place=PLACE)


def noisy(values: Sequence[float], noise: float = 0.02, seed: int = 0) -> list[float]:
    rng = random.Random(seed)
    return [value * math.exp(rng.gauss(0, noise)) for value in values]


def decay(n: int, first: float = 2.3, last: float = 0.3, time: float = 0.2) -> list[float]:
    return [last + (first - last) * math.exp(-i / n / time) for i in range(n)]


def valley(n: int = EPOCHS, best: int = 7, last: float = 1.5) -> list[float]:
    down = decay(best, 2.3, 0.8, 0.25)
    return [*down, *(down[-1] + (last - down[-1]) * (i + 1) / (n - best) for i in range(n - best))]


def curve(training: Sequence[float], validation: Sequence[float] | None = None, **known: Any) -> Curve:
    every = len(training) // len(validation) if validation else 1
    return Curve(
        training=series("loss", training),
        validation=series("val_loss", validation, every) if validation else None,
        **known,
    )


def findings(fact: Curve) -> list[Finding]:
    def broke(rule: object, error: Exception) -> None:
        raise error

    judge = Judge(Selection(("TCK608", "TCK609", "TCK610", "TCK611", "TCK612", "TCK618")).rules(), Lens.RUNTIME, broke)
    return [*judge.curve(fact), *judge.scores(fact)]


def codes(fact: Curve) -> list[str]:
    return [finding.code for finding in findings(fact)]


def test_a_flat_loss_is_told_with_the_loss_of_guessing() -> None:
    (finding,) = findings(curve(noisy([2.303] * STEPS), chance=math.log(10), live=True))
    assert finding.code == "TCK608"
    assert finding.message.startswith("`loss` has stayed at 2.30")
    assert finding.message.endswith("; a model that looks at no input has 2.303.")
    assert finding.step == STEPS


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(lambda: curve(noisy([0.4] * STEPS), chance=math.log(10), live=True), id="started well"),
        pytest.param(lambda: curve(noisy([2.303] * STEPS), live=True), id="nobody knows what guessing gives"),
        pytest.param(lambda: curve(noisy([2.303] * 100), chance=math.log(10), live=True), id="100 steps"),
        pytest.param(lambda: curve(noisy([2.303] * 15)), id="15 rows"),
        pytest.param(lambda: curve(noisy(decay(STEPS, 2.3, 2.0, 1.0))), id="falls a little"),
        pytest.param(lambda: curve(noisy([2.3] * 20 + decay(STEPS, 0.5, 0.5))), id="fell in its first rows"),
        pytest.param(lambda: curve(noisy([1e-6] * STEPS)), id="at zero"),
        pytest.param(lambda: curve([math.sin(i) for i in range(STEPS)]), id="changes its sign"),
        pytest.param(lambda: curve(noisy([2.3] * 300 + decay(100, 2.3, 0.2))), id="learns late"),
        pytest.param(lambda: curve(noisy([2.3] * STEPS), decay(EPOCHS)), id="validation falls"),
        pytest.param(
            lambda: curve(noisy([2.3] * STEPS), metric=series("val_acc", [0.95] * 8)), id="accuracy is good already"
        ),
        pytest.param(
            lambda: curve(noisy([2.3] * STEPS), rates=series("lr", [1e-6 * i for i in range(1, STEPS)])), id="warm-up"
        ),
    ],
)
def test_a_loss_that_is_flat_for_a_reason_is_left_alone(fact: Callable[[], Curve]) -> None:
    assert "TCK608" not in codes(fact())


def test_growth_is_told_with_its_numbers() -> None:
    (finding,) = findings(curve([0.5 * 1.3**i for i in range(30)], ended_at=31.0))
    assert finding.code == "TCK609"
    assert finding.message == (
        "`loss` grows: 0.65 at first, 0.5 at its best (step 1), 775.1 at the end, and is no number from step 31 on."
    )


def test_a_log_that_ends_as_nan_is_told_however_it_went_before() -> None:
    (finding,) = findings(curve(noisy(decay(100)), ended_at=101.0))
    assert finding.code == "TCK609"
    assert "is no number (NaN or infinity) from step 101 on; it was" in finding.message


def test_a_log_of_two_losses_may_end_as_nan_too() -> None:
    assert codes(curve([2.3, 9.1], ended_at=3.0)) == ["TCK609"]


def test_a_run_leaves_nan_to_the_rule_that_knows_where_it_began() -> None:
    assert codes(curve(noisy(decay(100)), ended_at=101.0, live=True)) == []


def test_a_lost_training_is_told_with_the_step() -> None:
    (finding,) = findings(curve(noisy([*decay(300, 2.3, 0.4), *[2.35] * 100])))
    assert finding.code == "TCK609"
    assert "at step 301 it jumped back up" in finding.message


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(decay(STEPS), id="falls"),
        pytest.param([*decay(200), *(5.0 for _ in range(5)), *decay(200, 0.6, 0.3)], id="a spike that heals"),
        pytest.param([v for _ in range(4) for v in decay(100)], id="tasks, one after another"),
        pytest.param([v + 0.3 * min(1, i / 200) for i, v in enumerate(decay(STEPS, 1.0, 0.2))], id="a term comes in"),
        pytest.param([1.0, 2.0, 3.0, *decay(STEPS, 3.0, 0.2)], id="an early rise"),
        pytest.param([0.0, 0.1, 0.2, *(0.01 * i for i in range(30))], id="starts at zero"),
        pytest.param([-(1.1**i) for i in range(40)], id="negative"),
        pytest.param([0.5 * 1.3**i for i in range(8)], id="8 values"),
        pytest.param([0.3 + 0.001 * i for i in range(STEPS)], id="rises to 2.3 times"),
    ],
)
def test_losses_that_need_not_diverge_are_left_alone(values: list[float]) -> None:
    assert "TCK609" not in codes(curve(values))


def test_overfitting_is_told_with_its_best_epoch() -> None:
    (finding,) = findings(curve(noisy(decay(STEPS)), noisy(valley(), 0.005)))
    assert finding.code == "TCK610"
    assert finding.message.startswith("`val_loss` was best at step 1")
    assert " and has risen by " in finding.message


@pytest.mark.parametrize(
    ("validation", "known"),
    [
        pytest.param(decay(EPOCHS), {}, id="falls"),
        pytest.param(decay(EPOCHS, 2.3, 0.9, 0.1), {}, id="stands while the gap grows"),
        pytest.param(valley(last=0.82), {}, id="rises by a little"),
        pytest.param(valley(4, 2), {}, id="four evaluations"),
        pytest.param([*valley(12, 5), *decay(8, 1.5, 0.6, 0.4)], {}, id="double descent"),
        pytest.param([2.3 + i / 5 for i in range(14)] + decay(6, 5.0, 0.2, 0.3), {}, id="late understanding"),
        pytest.param(
            valley(), {"metric": series("val_acc", [0.5 + 0.02 * i for i in range(EPOCHS)], 20)}, id="accuracy improves"
        ),
    ],
)
def test_validation_that_does_not_overfit_is_left_alone(validation: list[float], known: dict[str, Any]) -> None:
    assert "TCK610" not in codes(curve(noisy(decay(STEPS)), noisy(validation, 0.005), **known))


def test_a_training_that_gets_worse_as_well_does_not_overfit() -> None:
    both = valley(STEPS, 140)
    assert "TCK610" not in codes(curve(noisy(both), noisy(valley(), 0.005)))


def test_both_high_is_underfitting() -> None:
    (finding,) = findings(curve(noisy(decay(STEPS, 2.3, 1.8, 0.08)), decay(EPOCHS, 2.2, 1.82, 0.08)))
    assert finding.code == "TCK611"
    assert finding.message.endswith("the model does not fit its training data.")


def test_an_end_in_the_middle_of_the_way_is_underfitting() -> None:
    steady = [2.3 * math.exp(-0.5 * i / STEPS) for i in range(STEPS)]
    (finding,) = findings(curve(noisy(steady), steady[:: STEPS // EPOCHS]))
    assert finding.message.endswith("the training ends before it has converged.")
    rates = series("lr", [1e-3 * (1 - i / STEPS) for i in range(STEPS)])
    assert codes(curve(noisy(steady), steady[:: STEPS // EPOCHS], rates=rates)) == []


@pytest.mark.parametrize(
    ("training", "validation", "known"),
    [
        pytest.param(decay(STEPS), decay(EPOCHS), {}, id="fits"),
        pytest.param(decay(STEPS, 2.3, 1.8, 0.08), decay(EPOCHS, 2.3, 2.2, 0.08), {}, id="validation lies above"),
        pytest.param(
            decay(STEPS, 2.3, 1.8, 0.08),
            decay(EPOCHS, 2.2, 1.82, 0.08),
            {"metric": series("val_acc", [0.97] * 3)},
            id="accuracy is good",
        ),
        pytest.param(
            decay(STEPS, 2.3, 1.8, 0.08), decay(EPOCHS, 2.2, 1.82, 0.08), {"comparable": False}, id="other formulas"
        ),
    ],
)
def test_what_fits_is_left_alone(training: list[float], validation: list[float], known: dict[str, Any]) -> None:
    assert "TCK611" not in codes(curve(noisy(training), validation, **known))


def test_the_standard_error_of_an_accuracy() -> None:
    assert 1.96 * standard_error(0.984, 10_000) == pytest.approx(0.00246, abs=1e-5)
    assert standard_error(1.0, 100) > 0


def test_progress_within_the_noise_of_sampling() -> None:
    scores = series("val_acc", [0.95, 0.97, 0.98, 0.984, 0.985])
    (finding,) = findings(Curve(metric=scores, samples=10_000, unit="epoch"))
    assert finding.message == "`val_acc` 0.984 -> 0.985 (epoch 4 to 5) on 10000 samples is within ±0.0024: noise."


def test_jumps_beyond_the_noise_of_sampling() -> None:
    scores = series("val_acc", [0.7, 0.9, 0.72, 0.91, 0.7, 0.88, 0.73, 0.9, 0.71, 0.9])
    (finding,) = findings(Curve(metric=scores, samples=5000))
    assert "it is the weights that jump" in finding.message


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(Curve(metric=series("a", [0.5, 0.6, 0.7, 0.8]), samples=10_000), id="clear progress"),
        pytest.param(Curve(metric=series("a", [0.95, 0.97, 0.98, 0.984, 0.985])), id="unknown number of samples"),
        pytest.param(Curve(metric=series("a", [0.5, 1.0, 1.0, 1.0]), samples=10), id="all right"),
        pytest.param(Curve(metric=series("a", [0.984, 0.985]), samples=10_000), id="two evaluations"),
    ],
)
def test_scores_that_say_something_are_left_alone(fact: Curve) -> None:
    assert codes(fact) == []


def test_a_validation_loss_that_jumps_beside_a_smooth_training() -> None:
    zigzag = [v * (1.6 if i % 2 else 0.7) for i, v in enumerate(decay(EPOCHS))]
    (finding,) = findings(curve(decay(STEPS), zigzag))
    assert finding.code == "TCK612"
    assert "while `loss` runs smoothly" in finding.message


@pytest.mark.parametrize(
    ("regularised", "says"),
    [
        (("dropout",), "That is expected: dropout acts in training alone."),
        (None, "That is expected where dropout, augmentation, label smoothing or a penalty in the loss acts"),
        ((), "No layer acts in training alone"),
    ],
)
def test_a_training_loss_above_the_validation_loss_is_explained(regularised: tuple[str, ...] | None, says: str) -> None:
    training, validation = decay(STEPS, 2.4, 0.8), decay(EPOCHS, 1.6, 0.55)
    (finding,) = findings(curve(noisy(training), validation, comparable=True, regularised=regularised))
    assert finding.code == "TCK618"
    assert says in finding.message


def test_the_lag_of_an_epochs_mean_explains_a_gap() -> None:
    """Both losses follow one curve; training is its mean over an epoch, validation its value at the end of it."""
    own = [2 * math.exp(-(i + 0.5) / 6) for i in range(12)]
    other = [2 * math.exp(-(i + 1) / 6) for i in range(12)]
    (finding,) = findings(curve(own, other, averaged=True, unit="epoch"))
    says = "The mean of an epoch lags half an epoch behind validation; that explains all of it."
    assert finding.message.endswith(says)


@pytest.mark.parametrize(
    ("training", "validation", "known"),
    [
        pytest.param(decay(STEPS), [v + 0.1 for v in decay(EPOCHS)], {}, id="below"),
        pytest.param(decay(STEPS, 2.4, 0.8), decay(EPOCHS, 1.6, 0.55), {"comparable": False}, id="other formulas"),
        pytest.param(decay(STEPS, 2.4, 0.8), decay(EPOCHS, 1.6, 0.55), {"live": True}, id="nothing was seen that acts"),
        pytest.param(decay(STEPS, 2.4, 0.8), decay(4, 1.6, 0.55), {}, id="four evaluations"),
        pytest.param(decay(STEPS), [0.99 * v for v in decay(STEPS)[19::20]], {}, id="by one percent"),
    ],
)
def test_gaps_that_need_no_explanation(training: list[float], validation: list[float], known: dict[str, Any]) -> None:
    assert "TCK618" not in codes(curve(training, validation, **known))


def test_a_curve_of_nothing_is_silent() -> None:
    assert codes(Curve()) == []
    assert codes(curve([1.0])) == []
    assert codes(curve([1.0, 2.0], [1.0])) == []

"""Facts put before the rules."""

from __future__ import annotations

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Lens, Level, Position, Span
from torchcheck.rules.base import Found, Rule
from torchcheck.rules.judge import Judge
from torchcheck.rules.tck101_softmax_before_cross_entropy import SoftmaxBeforeCrossEntropy

PLACE = Span("train.py", Position(3, 1), Position(3, 9))
FACT = LossFed(
    loss=Loss.CROSS_ENTROPY, spelling="F.cross_entropy", place=PLACE, activation=Activation.SOFTMAX, input_name="out"
)


class Broken(Rule):
    """Raises on every fact."""

    code, name, level = "TCK998", "broken", Level.ERROR
    why = help = "."
    asked = 0

    def loss(self, fact: LossFed) -> list[Found]:
        type(self).asked += 1
        raise RuntimeError("a bug in a rule")


def test_a_finding_carries_what_its_rule_says() -> None:
    judge = Judge([SoftmaxBeforeCrossEntropy()], Lens.STATIC, on_error=_fail)
    (finding,) = judge.loss(FACT)
    assert finding.code == "TCK101"
    assert finding.message == ("`out` went through softmax before `F.cross_entropy`, which applies log-softmax itself.")
    assert finding.place == PLACE
    assert finding.lens is Lens.STATIC


def test_a_rule_that_raises_is_told_once_and_the_others_go_on() -> None:
    errors = []
    judge = Judge(
        [Broken(), SoftmaxBeforeCrossEntropy()],
        Lens.RUNTIME,
        on_error=lambda rule, error: errors.append((rule.code, str(error))),
    )
    found = [*judge.loss(FACT), *judge.loss(FACT)]
    assert [finding.code for finding in found] == ["TCK101", "TCK101"]
    assert errors == [("TCK998", "a bug in a rule")]
    assert Broken.asked == 1


def test_facts_that_nobody_judges_need_not_be_gathered() -> None:
    judge = Judge([SoftmaxBeforeCrossEntropy()], Lens.RUNTIME, on_error=_fail)
    assert judge.wants("loss")
    assert not judge.wants("steps")


def test_the_lenses_of_a_rule_follow_from_its_methods() -> None:
    class OnlyMeasured(Rule):
        def scales(self, fact):
            return ()

    assert OnlyMeasured.lenses() == (Lens.RUNTIME,)
    assert SoftmaxBeforeCrossEntropy.lenses() == (Lens.STATIC, Lens.RUNTIME)
    assert Rule.lenses() == ()


def _fail(rule: Rule, error: Exception) -> None:
    raise error

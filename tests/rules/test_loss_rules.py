"""The rules about what a loss is fed, judged on facts alone."""

from __future__ import annotations

import pytest

from torchcheck.facts.crash import Crash
from torchcheck.facts.loss import Activation as A
from torchcheck.facts.loss import Loss, LossFed
from torchcheck.finding import Position, Span
from torchcheck.rules import all_rules

PLACE = Span("train.py", Position(3, 1), Position(3, 9))


def judge(loss: Loss, activation: A = A.UNKNOWN, shapes: tuple = (None, None), **more) -> dict[str, str]:
    """What every rule says of a loss call: messages by code."""
    fact = LossFed(
        loss=loss,
        spelling="criterion",
        place=PLACE,
        activation=activation,
        input_shape=shapes[0],
        target_shape=shapes[1],
        **more,
    )
    return {rule.code: found.message for rule in all_rules() for found in rule().loss(fact)}


def expected(loss: Loss, activation: A) -> set[str]:
    """The one rule, if any, that a pair of loss and activation breaks."""
    table = {
        (Loss.CROSS_ENTROPY, A.SOFTMAX): "TCK101",
        (Loss.CROSS_ENTROPY, A.LOG_SOFTMAX): "TCK102",
        (Loss.BCE_WITH_LOGITS, A.SIGMOID): "TCK104",
        (Loss.MULTILABEL_SOFT_MARGIN, A.SIGMOID): "TCK104",
    }
    if activation is A.UNKNOWN:
        return set()
    if (loss, activation) in table:
        return {table[loss, activation]}
    if loss is Loss.NLL:
        return set() if activation in (A.LOG_SOFTMAX, A.LOG_SIGMOID) else {"TCK103"}
    if loss is Loss.KL_DIV:
        return {"TCK110"} if activation in (A.LINEAR, A.SOFTMAX, A.SIGMOID) else set()
    if loss is Loss.BCE:
        return set() if activation in (A.SIGMOID, A.SOFTMAX) else {"TCK105"}
    if loss.takes_logits:
        return set() if activation is A.LINEAR else {"TCK106"}
    return set()


@pytest.mark.parametrize("activation", list(A), ids=lambda a: a.name)
@pytest.mark.parametrize("loss", list(Loss), ids=lambda loss: loss.name)
def test_each_pair_of_loss_and_activation_breaks_one_rule_or_none(loss: Loss, activation: A) -> None:
    assert set(judge(loss, activation)) == expected(loss, activation)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(((32, 1), (32,)), id="column against row"),
        pytest.param(((32,), (32, 1)), id="row against column"),
        pytest.param(((None, 1), (None,)), id="sizes not known"),
        pytest.param(((8, 1, 16, 16), (8, 16, 16)), id="masks without a channel axis"),
        pytest.param(((32, 1), (32, 7)), id="one output, seven targets"),
    ],
)
def test_shapes_that_stretch_the_prediction_are_found(shapes: tuple) -> None:
    assert set(judge(Loss.MSE, shapes=shapes)) == {"TCK108"}


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(((32, 1), (32, 1)), id="same shape"),
        pytest.param(((32,), ()), id="a constant target"),
        pytest.param(((1,), (32,)), id="one parameter fitted to all data"),
        pytest.param(((1, 1), (1,)), id="a batch of one"),
        pytest.param(((32, 7), (7,)), id="a target shared by the batch"),
        pytest.param(((None, 1), (None, None)), id="the target's second axis may be 1"),
        pytest.param(((None,), (None,)), id="unknown sizes of the same rank"),
        pytest.param((None, (32,)), id="prediction not known"),
    ],
)
def test_shapes_that_agree_or_are_shared_on_purpose_are_right(shapes: tuple) -> None:
    assert judge(Loss.MSE, shapes=shapes) == {}


def test_a_formula_is_accused_only_when_both_sides_are_stretched() -> None:
    assert judge(Loss.BY_HAND, shapes=((32, 1), (32, 7))) == {}
    assert set(judge(Loss.BY_HAND, shapes=((32, 1), (32,)))) == {"TCK108"}


def test_of_shapes_only_a_single_class_matters_to_a_loss_over_classes() -> None:
    assert judge(Loss.CROSS_ENTROPY, shapes=((32, 2), (32,))) == {}
    assert judge(Loss.CROSS_ENTROPY, shapes=((1, 32), (1,))) == {}
    assert set(judge(Loss.CROSS_ENTROPY, shapes=((32, 1), (32,)))) == {"TCK109"}
    assert set(judge(Loss.CROSS_ENTROPY, classes=1)) == {"TCK109"}


def test_what_kl_div_takes_depends_on_log_target() -> None:
    assert judge(Loss.KL_DIV, A.LOG_SOFTMAX, target_activation=A.SOFTMAX) == {}
    assert judge(Loss.KL_DIV, A.LOG_SOFTMAX, target_activation=A.LOG_SOFTMAX, log_target=True) == {}
    assert judge(Loss.KL_DIV, A.LOG_SOFTMAX, target_activation=A.LOG_SOFTMAX, log_target=None) == {}
    assert judge(Loss.KL_DIV, A.SOFTMAX, target_activation=A.LOG_SOFTMAX) == {
        "TCK110": "Input and target of `criterion` are swapped: the log-probabilities come first."
    }
    assert judge(Loss.KL_DIV, A.LOG_SOFTMAX, target_activation=A.LOG_SOFTMAX, target_name="q") == {
        "TCK110": "`criterion` takes probabilities as its target, but `q` holds log-probabilities."
    }


def test_a_relu_beneath_the_sigmoid_or_log_softmax_cuts_logits_off_as_well() -> None:
    found = judge(Loss.BCE, A.SIGMOID, beneath=A.RELU, input_name="prob")
    assert found == {"TCK106": "`prob` went through ReLU and then sigmoid: negative logits are cut off or squashed."}
    assert set(judge(Loss.NLL, A.LOG_SOFTMAX, beneath=A.RELU)) == {"TCK106"}
    assert judge(Loss.BCE, A.SIGMOID, beneath=A.LINEAR) == {}
    assert judge(Loss.NLL, A.LOG_SOFTMAX, beneath=A.ELU) == {}  # as graph attention does it


def test_the_message_says_what_happened_in_the_users_names() -> None:
    applied = Span("model.py", Position(14, 9), Position(14, 30))
    message = judge(Loss.CROSS_ENTROPY, A.SOFTMAX, input_name="outputs", module="net.head.2", applied_at=applied)
    assert message == {
        "TCK101": "`outputs` went through softmax (`net.head.2`, model.py:14) before `criterion`, "
        "which applies log-softmax itself."
    }


def test_the_broadcast_message_shows_the_shapes() -> None:
    assert judge(Loss.MSE, shapes=((32, 1), (32,))) == {
        "TCK108": "Prediction and target of `criterion` have shapes (32, 1) and (32,) and broadcast to (32, 32)."
    }


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("RuntimeError", "all elements of input should be between 0 and 1", "TCK105"),
        ("RuntimeError", "CUDA error: Assertion `input_val >= zero && input_val <= one` failed.", "TCK105"),
        ("ValueError", "Target size (torch.Size([8])) must be the same as input size (torch.Size([8, 1]))", "TCK108"),
        ("KeyError", "'weights'", None),
    ],
)
def test_crashes_of_a_loss_are_explained(kind: str, text: str, code: str | None) -> None:
    crash = Crash(kind=kind, text=text, place=PLACE, function="", module=None, module_kind=None, tensors=(), step=0)
    assert {rule.code for rule in all_rules() for _ in rule().crash(crash)} == ({code} if code else set())

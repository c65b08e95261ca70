"""What a method that works in place does to the value under a name."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

_LOGITS = "logits = nn.Linear(4, 3)(x)\n"


@pytest.mark.parametrize("line", ["logits.sigmoid_()", "logits.clamp_(-9, 9)\nlogits = logits.sigmoid()"])
def test_an_activation_in_place_reaches_the_loss(line: str) -> None:
    loss = "F.binary_cross_entropy_with_logits(logits, y)\n"
    assert codes(f"{_LOGITS}{line}\n{loss}") == ["TCK104"]


@pytest.mark.parametrize("line", ["p.fill_(0.1)", "p.scatter_(1, y, 0.9)", "p.copy_(y)", "p.zero_()"])
def test_a_copy_that_is_overwritten_holds_no_logits(line: str) -> None:
    assert codes(f"{_LOGITS}p = logits.clone()\n{line}\nF.kl_div(F.log_softmax(logits, dim=1), p)\n") == []


def test_logits_divided_in_place_are_logits() -> None:
    assert codes(f"{_LOGITS}logits.div_(0.07)\nF.binary_cross_entropy(logits, y)\n") == ["TCK105"]

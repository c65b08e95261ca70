"""The loss before any step, beside that of an answer that knows nothing."""

from __future__ import annotations

import math

import torch

from torchcheck.facts.exam import FirstLoss
from torchcheck.preflight.row import Row, Verdict, judged, not_judged, number
from torchcheck.preflight.sitting import Sitting
from torchcheck.preflight.understood import Understood

NAME = "first loss"


def check(sitting: Sitting) -> Row:
    """Where the first loss lies."""
    understood = sitting.understood
    if understood is None:
        return not_judged(NAME, "the loss is not one of torch's own alone, so there is nothing to compare it with")
    fact = measured(sitting, understood)
    if not math.isfinite(fact.value):
        return Row(NAME, Verdict.REMARK, f"the first loss is {fact.value}")
    if not math.isfinite(fact.unknowing):
        return not_judged(NAME, "no target of this batch counts")
    codes = sitting.judge("first_loss", fact)
    data = {"value": fact.value, "expected": fact.unknowing, "constant": fact.constant}
    return judged(NAME, codes, _reason(fact), data)


def measured(sitting: Sitting, understood: Understood) -> FirstLoss:
    """The fact."""
    regression = not understood.is_classification
    target = understood.target.float()
    return FirstLoss(
        place=sitting.place,
        loss=f"F.{understood.name}",
        value=understood.value,
        unknowing=understood.unknowing(),
        constant=understood.constant(),
        classes=understood.classes,
        output_scale=float(understood.input.float().pow(2).mean().sqrt()),
        target_mean=float(target.mean()) if regression else None,
        target_spread=float(target.std(correction=0)) if regression and torch.numel(target) else None,
    )


def _reason(fact: FirstLoss) -> str:
    if fact.classes is not None:
        return f"{number(fact.value)}; an untrained model with {fact.classes} classes has {number(fact.unknowing)}"
    if fact.constant is None:
        return f"{number(fact.value)}; an answer of 0 has {number(fact.unknowing)}"
    return f"{number(fact.value)}; the best constant answer has {number(fact.constant)}"

"""TCK113: a first loss far from that of an untrained model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option

if TYPE_CHECKING:
    from torchcheck.facts.exam import FirstLoss


class InitialLossOff(Rule):
    """The first loss lies far above that of an answer that knows nothing.

    A model that knows nothing holds all C classes for equally likely: cross entropy is ln C, binary cross entropy ln 2.
    A regression that begins at the mean of its targets has their variance. The reference is computed with the weights,
    the smoothing, the ignored labels and the reduction that the loss is used with. A model that begins lower has been
    trained before, and is not accused; nor are losses of the user's own, sums of several, and small targets of a
    regression.
    """

    code = "TCK113"
    name = "initial-loss-off"
    level = Level.WARNING
    why = "The first part of the training is spent on unlearning it, and gradients are at their largest there."
    help = (
        "Start smaller: normalise the inputs, and see that the last layer begins with small weights; give its bias the "
        "mean of the targets, or normalise them."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        ratio: float = option(
            2.0,
            "A first loss of a classifier is off from this many times that of equal chances on, and from 1 above it; "
            "twice ln C is also what others warn of.",
            minimum=1,
        )
        spread: float = option(
            100.0,
            "The same for a regression, as a multiple of the loss of the best constant answer: its root is how many "
            "standard deviations the targets lie off.",
            minimum=1,
        )

    bad = (
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    pixels = torch.randint(0, 256, (32, 3, 8, 8)).float()  # never divided by 255
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 64), nn.ReLU(), nn.Linear(64, 10))
    return model, (pixels, torch.randint(0, 10, (32,))), nn.CrossEntropyLoss()
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    prices = 200_000 + 4_000 * torch.randn(64, 1)
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
    return model, (torch.randn(64, 8), prices), nn.MSELoss()
""",
    )
    good = (
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    pixels = torch.rand(32, 3, 8, 8)
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 64), nn.ReLU(), nn.Linear(64, 10))
    return model, (pixels, torch.randint(0, 10, (32,))), nn.CrossEntropyLoss(label_smoothing=0.1)
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    returns = 0.001 * torch.randn(64, 1)  # tiny, and the model finds that out at once
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
    return model, (torch.randn(64, 8), returns), nn.MSELoss()
""",
    )

    def first_loss(self, fact: FirstLoss) -> Iterable[Found]:
        if not math.isfinite(fact.value) or not math.isfinite(fact.unknowing):
            return
        if fact.classes is not None:
            yield from self._of_classes(fact)
        else:
            yield from self._of_numbers(fact)

    def _of_classes(self, fact: FirstLoss) -> Iterable[Found]:
        known = fact.unknowing
        nat = known / math.log(max(fact.classes or 2, 2))  # one above, whatever the reduction and the weights
        if known <= 0 or fact.value < max(self.options.ratio * known, known + nat):
            return
        yield Found(
            message=f"The first `{fact.loss}` is {fact.value:.3g}; a model that has learned nothing yet has "
            f"{known:.3g} with {fact.classes} classes.",
            at=fact.place,
            help="Start smaller: normalise the inputs, and see that the last layer begins with small weights.",
            evidence={
                "loss": fact.value,
                "expected": known,
                "classes": fact.classes,
                "output_scale": fact.output_scale,
            },
        )

    def _of_numbers(self, fact: FirstLoss) -> Iterable[Found]:
        if fact.constant is None or fact.target_mean is None or fact.value <= self.options.spread * fact.constant:
            return
        if max(fact.output_scale, abs(fact.target_mean)) < 10:
            return  # near unit scale a model gets there in some steps
        off = abs(fact.target_mean) >= fact.output_scale
        seen = (
            f"targets lie around {fact.target_mean:.3g}" if off else f"outputs have a scale of {fact.output_scale:.3g}"
        )
        yield Found(
            message=f"The first `{fact.loss}` is {fact.value:.3g}, and the best constant answer has "
            f"{fact.constant:.3g}: {seen}.",
            at=fact.place,
            help="Normalise the targets, or begin with the bias of the last layer at their mean."
            if off
            else "Start smaller: normalise the inputs, and see that the last layer begins with small weights.",
            evidence={"loss": fact.value, "constant": fact.constant, "target_mean": fact.target_mean},
        )

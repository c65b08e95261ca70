"""TCK616: a learning rate far beside the curve of a range test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchcheck.facts.exam import sentence
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option

if TYPE_CHECKING:
    from torchcheck.facts.exam import RateTried


class LearningRateOff(Rule):
    """A model learns nothing of one batch with the learning rate of its optimizer, and all of it with another rate.

    The exam trains on the batch with the rate as it is, and with tenths and multiples of it; a range test shows at
    which rate the loss falls fastest, and from which on it explodes. Where a schedule warms up, its peak counts. A
    small rate with which the loss falls, however slowly, as in fine-tuning, is not accused.
    """

    code = "TCK616"
    name = "learning-rate-off"
    level = Level.WARNING
    why = "A rate that is too large never settles, and one that is too small has not begun when the training ends."
    help = "Take a rate near the steepest part of the curve, `exam.row('learning rate').data`, or somewhat below it."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        fall: float = option(
            0.05,
            "A loss that falls by less than this part of itself over the trial has not fallen.",
            minimum=0,
            maximum=1,
        )
        too_small: float = option(
            100.0,
            "A rate is too small if one so many times larger learns the batch by heart; a tenth is a matter of taste.",
            minimum=1,
        )

    bad = (
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    return model, (torch.randn(16, 16), torch.arange(16) % 4), nn.CrossEntropyLoss(), optimizer
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=30.0, momentum=0.9)
    return model, (torch.rand(32, 1, 8, 8), torch.arange(32) % 10), nn.CrossEntropyLoss(), optimizer
""",
    )
    good = (
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5)  # slow, and it moves
    return model, (torch.randn(16, 16), torch.arange(16) % 4), nn.CrossEntropyLoss(), optimizer
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 1000))  # begins at 0
    return model, (torch.randn(16, 16), torch.arange(16) % 4), nn.CrossEntropyLoss(), optimizer
""",
    )

    def rate_tried(self, fact: RateTried) -> Iterable[Found]:
        if fact.works is None or (fact.own.finite and fact.own.fell >= self.options.fall):
            return
        large = fact.works < fact.rate
        if not large and fact.works < self.options.too_small * fact.rate * 0.99:
            return
        beside = "large" if large else "small"
        ends = f"stays at {fact.own.best:.3g}" if fact.own.finite else "ends in no number"
        yield Found(
            message=f"{sentence(fact.optimizer)} has a learning rate of {fact.rate:g}, too {beside} here: over "
            f"{fact.own.steps} steps on one batch the loss {ends}, and with {fact.works:.2g} it is learned by heart.",
            at=fact.place,
            evidence={"rate": fact.rate, "works": fact.works, "steepest": fact.steepest, "diverges": fact.diverges},
        )

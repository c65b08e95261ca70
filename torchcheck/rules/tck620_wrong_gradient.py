"""TCK620: the backward of a custom function gives another gradient than its forward has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.exam import OwnGradient


class WrongGradient(Rule):
    """The `backward` of an `autograd.Function` disagrees with finite differences of its `forward`.

    Measured in float64, with the arguments of the batch, at some numbers of each argument. A gradient that is meant to
    be another is not accused: of a function that gives back its input (a reversed, scaled or clipped gradient), of one
    whose output stands still (a straight-through estimator, a surrogate of a spike), or None; nor are kinks, functions
    that draw random numbers, and those that take no float64.
    """

    code = "TCK620"
    name = "wrong-gradient"
    level = Level.ERROR
    why = "Weights before the function are moved in a wrong direction, or too far, and the loss may fall nevertheless."
    help = "Correct the `backward`, and test it with `torch.autograd.gradcheck`; better, let autograd derive it."
    bad = (
        """\
import torch
from torch import nn


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x  # x ** 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(8, 32), nn.Linear(32, 3)

    def forward(self, x):
        return self.head(Cube.apply(self.body(x)))


def setup():
    torch.manual_seed(0)
    return Net(), (torch.randn(12, 8), torch.arange(12) % 3), nn.CrossEntropyLoss()
""",
        """\
import torch
from torch import nn


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(x, beta):
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        x, beta = ctx.saved_tensors
        s = torch.sigmoid(beta * x)
        return grad * (s + beta * x * s * (1 - s)), (grad * x * s * (1 - s)).sum()  # x ** 2


class Act(nn.Module):
    def __init__(self):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        return Swish.apply(x, self.beta)


def setup():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 32), Act(), nn.Linear(32, 1))
    return model, (torch.randn(12, 8), torch.randn(12, 1)), nn.MSELoss()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return grad  # straight through


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(8, 64), nn.Linear(64, 3)

    def forward(self, x):
        return self.head(Round.apply(4 * self.body(x)) / 4)


def setup():
    torch.manual_seed(0)
    return Net(), (torch.randn(12, 8), torch.arange(12) % 3), nn.CrossEntropyLoss()
""",
        """\
import torch
from torch import nn


class Clipped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x > 0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(8, 32), nn.Linear(32, 3)

    def forward(self, x):
        return self.head(Clipped.apply(self.body(x)))


def setup():
    torch.manual_seed(0)
    return Net(), (torch.randn(12, 8), torch.arange(12) % 3), nn.CrossEntropyLoss()
""",
    )

    def own_gradient(self, fact: OwnGradient) -> Iterable[Found]:
        yield Found(
            message=f"`{fact.function}.backward` gives {fact.given:.3g} for `{fact.argument}` where finite differences "
            f"of its `forward` give {fact.measured:.3g}; {fact.wrong} of {fact.looked_at} numbers differ.",
            at=fact.place,
            evidence={"given": fact.given, "measured": fact.measured, "wrong": fact.wrong, "looked_at": fact.looked_at},
        )

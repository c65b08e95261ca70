"""TCK614: a model that can't learn a single batch by heart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.exam import Learned, sentence
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.exam import OneBatch


class CannotOverfitOneBatch(Rule):
    """A model does not learn one batch by heart, with whatever learning rate.

    A few samples are the easiest task there is: a model that fails at it is wired wrongly, and more data will not help.
    Accused is a loss that does not fall at all; one that stays at what the best constant answer has; and one that
    stands still far above the least that it can be, for a model with many more weights than targets. A loss that is
    still falling, one of the user's own whose least is not known, a model with fewer weights than targets, and samples
    that are alike are not accused.
    """

    code = "TCK614"
    name = "cannot-overfit-one-batch"
    level = Level.ERROR
    why = "What can't learn a few samples by heart can't learn from many: something is broken on the way."
    help = (
        "Look for a `detach`, an activation that the targets lie beyond, an input that gets lost, a target of another "
        "shape, and parameters that the optimizer doesn't have."
    )
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(16, 64)
        self.head = nn.Linear(64, 1)

    def forward(self, x):
        return torch.sigmoid(self.head(torch.relu(self.body(x))))


def setup():
    torch.manual_seed(0)
    x = torch.randn(16, 16)
    y = 40 + 12 * torch.randn(16, 1)  # far beyond what a sigmoid gives
    return Net(), (x, y), nn.MSELoss()
""",
        """\
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))

    def forward(self, images):
        return self.layers(images).softmax(dim=1)  # the loss takes the softmax itself


def setup():
    torch.manual_seed(0)
    return Classifier(), (torch.rand(32, 1, 8, 8), torch.arange(32) % 10), nn.CrossEntropyLoss()
""",
    )
    good = (
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
    return net, (torch.randn(16, 16), torch.randn(16, 1)), nn.MSELoss()
""",
        """\
import torch
from torch import nn


def setup():
    torch.manual_seed(0)
    line = nn.Linear(2, 1)  # a line through many points: it can't pass through each
    return line, (torch.randn(128, 2), torch.randn(128, 1)), nn.MSELoss()
""",
    )

    def one_batch(self, fact: OneBatch) -> Iterable[Found]:
        if not fact.stands:
            return
        best = fact.best
        says = _says(fact)
        if says is None:
            return
        rates = ", ".join(dict.fromkeys(f"{attempt.rate:g}" for attempt in fact.attempts))
        yield Found(
            message=f"{sentence(fact.model)} can't learn one batch by heart: {says}.",
            at=fact.place,
            evidence={
                "first_loss": best.first,
                "best_loss": best.best,
                "steps": best.steps,
                "learning_rates": rates,
                "constant_answer": fact.constant,
            },
        )


def _says(fact: OneBatch) -> str | None:
    """What is wrong; None where that may be right."""
    best = fact.best
    least = "" if fact.floor is None else f", and could be {fact.floor:.3g}"
    if best.learned is Learned.STUCK:
        if not fact.gradient and fact.floor is None:
            return None  # a loss of the user's own may be at its least
        reached = "no gradient reaches any parameter" if not fact.gradient else "with no learning rate does it fall"
        return f"the loss stays at {best.first:.3g}{least}; {reached}"
    if not fact.varied or fact.targets is None or fact.constant is None:
        return None
    if best.learned is Learned.AS_A_CONSTANT and fact.parameters >= 2 * fact.targets:
        return (
            f"the loss ends at {best.best:.3g}, as if the input were not there; the best constant answer has "
            f"{fact.constant:.3g}"
        )
    if best.learned is Learned.SHORT and fact.parameters >= 10 * fact.targets:
        return f"the loss stands still at {best.best:.3g}{least}"
    return None

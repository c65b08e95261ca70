"""TCK119: the target where a loss takes the prediction, and the reverse."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_ASYMMETRIC = {
    Loss.CROSS_ENTROPY,
    Loss.NLL,
    Loss.BCE,
    Loss.BCE_WITH_LOGITS,
    Loss.MULTILABEL_SOFT_MARGIN,
    Loss.POISSON_NLL,
}


class LossArgumentsSwapped(Rule):
    """`criterion(target, output)`: the target stands where the loss takes the prediction.

    Every loss of torch takes the prediction first. A loss that is not symmetric computes something else of the two
    when they are swapped: `BCELoss` takes the logarithm of the labels then. Losses that are symmetric (squared and
    absolute errors) and `kl_div`, where both directions are used, are not accused.
    """

    code = "TCK119"
    name = "loss-arguments-swapped"
    level = Level.WARNING
    why = "Losses take the prediction first: swapped, the formula treats the labels as what the model said."
    help = "Swap the two arguments: prediction first, target second."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), 0.2 + 0.6 * torch.rand(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    output = model(x)
    loss = criterion(y, output)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, labels = torch.randn(32, 4), torch.rand(32, 1).round()
for _ in range(5):
    optimizer.zero_grad()
    loss = F.binary_cross_entropy_with_logits(labels, model(x))
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.rand(32, 1).round()
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(y, model(x))  # a squared error is the same either way
    loss.backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss not in _ASYMMETRIC or fact.input_learns is not False or not fact.target_learns:
            return
        second = f"`{fact.target_name}`" if fact.target_name else "the model's output"
        first = f"`{fact.input_name}`" if fact.input_name else "the target"
        yield Found(
            message=f"`{fact.spelling}` takes the prediction first, but {first} comes first and {second} second.",
            at=fact.place,
            step=fact.step,
        )

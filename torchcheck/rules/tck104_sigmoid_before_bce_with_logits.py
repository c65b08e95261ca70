"""TCK104: sigmoid output fed to a loss that applies the sigmoid itself."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_SIGMOID_INSIDE = {Loss.BCE_WITH_LOGITS, Loss.MULTILABEL_SOFT_MARGIN}


class SigmoidBeforeBceWithLogits(Rule):
    """Sigmoid output is fed to `BCEWithLogitsLoss`, which applies the sigmoid itself.

    A sigmoid for a metric or a Dice term beside the logits, and one that only runs at inference, are not accused.
    """

    code = "TCK104"
    name = "sigmoid-before-bce-with-logits"
    level = Level.ERROR
    why = (
        "The second sigmoid squeezes every prediction into 0.5 to 0.73, so the loss can't fall below 0.31 for a right "
        "positive and 0.69 for a right negative."
    )
    help = "Give the loss the logits: drop the sigmoid in training and apply it only where you need probabilities."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,)).float()
for _ in range(5):
    optimizer.zero_grad()
    prediction = torch.sigmoid(model(x)).squeeze(1)
    F.binary_cross_entropy_with_logits(prediction, y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    logits = model(x)
    p = torch.sigmoid(logits)
    dice = 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)
    loss = F.binary_cross_entropy_with_logits(logits, y) + dice
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        logits = self.head(x)
        if not self.training:
            return logits.sigmoid()
        return logits


torch.manual_seed(0)
model = Detector()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss in _SIGMOID_INSIDE and fact.activation is Activation.SIGMOID:
            yield Found(
                message=(
                    f"{fact.input_subject} went through sigmoid{fact.applied_phrase} before `{fact.spelling}`, "
                    "which applies the sigmoid itself."
                ),
                at=fact.place,
                module=fact.module,
                step=fact.step,
                fix=fact.drop_activation,
            )

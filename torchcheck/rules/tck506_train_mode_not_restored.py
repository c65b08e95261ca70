"""TCK506: training that goes on in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class TrainModeNotRestored(Rule):
    """A model trains in training mode, is put in evaluation mode to be evaluated, and trains on without leaving it.

    The usual shape: `model.train()` stands once before the loop over epochs, `model.eval()` within it. A model that
    trains in evaluation mode from the start (fine-tuning with frozen batch norms), a part that is put in evaluation
    mode by itself, and a `model.train()` inside of the function that trains are right and not accused.
    """

    code = "TCK506"
    name = "train-mode-not-restored"
    level = Level.ERROR
    why = (
        "From the second epoch on dropout is off and batch norm no longer follows the data: the model trains without "
        "the regularisation that it was given."
    )
    help = "Call `model.train()` at the top of every epoch, or right after the evaluation."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(64, 8), torch.randn(64, 1)
model.train()
for epoch in range(4):
    for xb, yb in zip(x.split(16), y.split(16)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(nn.functional.mse_loss(model(x), y).item())
""",
        """\
import torch
from torch import nn


def validate(model, x, y):
    model.eval()
    with torch.no_grad():
        return nn.functional.mse_loss(model(x), y).item()


def fit(model, optimizer, x, y):
    for step in range(20):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if step % 5 == 0:
            print(validate(model, x, y))


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
fit(model, torch.optim.SGD(model.parameters(), lr=0.1), torch.randn(64, 8), torch.randn(64, 1))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(64, 8), torch.randn(64, 1)
for epoch in range(4):
    model.train()
    for xb, yb in zip(x.split(16), y.split(16)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(nn.functional.mse_loss(model(x), y).item())
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 8), torch.randn(64, 1)
model.eval()  # fine-tuned with its old statistics, from the first step on
for step in range(4):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    model.eval()
""",
    )

    def modes(self, fact: Pass) -> Iterable[Found]:
        if fact.purpose is not Purpose.TRAINING or fact.training is not False or fact.left_at is None:
            return
        row = fact.place.span().start.row
        yield Found(
            message=f"`{fact.model}` is put in evaluation mode here, and the training in line {row} goes on in it.",
            at=fact.left_at,
        )

"""TCK307: the optimizer is built anew in each epoch, or for each batch."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import Unit
from torchcheck.facts.training import OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class OptimizerRebuilt(Rule):
    """The optimizer is built inside the loop over epochs or batches, for a model that goes on from turn to turn.

    Folds, federated rounds, tasks, a model that is built or loaded in the same loop, another learning rate each time,
    a build under a condition, and plain SGD, which remembers nothing, are not accused.
    """

    code = "TCK307"
    name = "optimizer-rebuilt"
    level = Level.WARNING
    why = "Momentum and Adam's moments start from zero in each epoch, so each begins with steps of the wrong size."
    help = "Build the optimizer once, before the loop."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn


def train_epoch(model, x, y):
    opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    for xb, yb in zip(x.split(8), y.split(8)):
        opt.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        opt.step()


torch.manual_seed(0)
model = nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    train_epoch(model, x, y)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for fold in range(3):
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    if epoch == 3:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )

    def life(self, fact: OptimizerUsed) -> Iterable[Found]:
        if fact.rebuilt:
            when = "in each epoch" if fact.rebuilt is Unit.EPOCH else "for each batch"
            yield Found(message=f"`{fact.name}` is built anew {when}, for the same model.", at=fact.place)

"""TCK217: gradients of several batches are summed up and divided by nothing."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.accumulation import Accumulation
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class AccumulationNotDivided(Rule):
    """The mean losses of `k` batches are backpropagated one by one for a single step, and none is divided by `k`.

    A loss that is divided or weighted in any way, a loss that is a sum, gradients or a learning rate that are divided,
    and frameworks that divide by themselves (Accelerate, DeepSpeed, Lightning) are not accused.
    """

    code = "TCK217"
    name = "accumulation-not-divided"
    level = Level.WARNING
    why = (
        "The step uses the sum of the batches' gradients where the mean is meant: as if the learning rate (or, with "
        "Adam, the limit for clipping) had been changed with every change of `k`."
    )
    help = "Divide the loss by the number of batches for a step before the backward."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
accumulation_steps = 4
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    loss = nn.functional.mse_loss(model(xb), yb)
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
        """\
import torch
from torch import nn


def train(model, batches, optimizer, accumulation_steps):
    criterion = nn.MSELoss()
    optimizer.zero_grad()
    for step, (x, y) in enumerate(batches, start=1):
        loss = criterion(model(x), y)
        loss.backward()
        if step % accumulation_steps != 0:
            continue
        optimizer.step()
        optimizer.zero_grad()


torch.manual_seed(0)
model = nn.Linear(4, 1)
x, y = torch.randn(64, 4), torch.randn(64, 1)
train(model, zip(x.split(4), y.split(4)), torch.optim.SGD(model.parameters(), lr=0.01), 4)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
accumulation_steps = 4
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    loss = nn.functional.mse_loss(model(xb), yb) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.0001)
x, y = torch.randn(64, 4), torch.randn(64, 1)
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):  # the sum over all samples is the loss
    loss = nn.functional.mse_loss(model(xb), yb, reduction="sum")
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
    )

    def accumulation(self, fact: Accumulation) -> Iterable[Found]:
        if fact.divided is not False or fact.clear is not None:
            return
        yield Found(
            message=(
                f"Each step of `{fact.optimizer}` uses the gradients of `{fact.turns}` losses added up, "
                f"and none of them is divided by `{fact.turns}`."
            ),
            at=fact.backward,
            help=f"Divide the loss by `{fact.turns}` before the backward.",
        )

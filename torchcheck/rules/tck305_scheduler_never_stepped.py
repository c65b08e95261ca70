"""TCK305: a scheduler is built and never stepped."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import SchedulerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class SchedulerNeverStepped(Rule):
    """A learning-rate scheduler is built, its optimizer trains, and nothing ever steps the scheduler.

    One that is returned, handed to anything (a trainer, `SequentialLR`, a list), or kept where other code may find
    it, is not accused.
    """

    code = "TCK305"
    name = "scheduler-never-stepped"
    level = Level.WARNING
    why = "The learning rate stays where it started: the schedule has no effect."
    help = "Call `scheduler.step()` once an epoch (or once a batch, if the schedule counts batches), or drop it."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(4):
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR


def fit(model, x, y, epochs=5):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        print(epoch, scheduler.get_last_lr())


torch.manual_seed(0)
fit(nn.Linear(4, 1), torch.randn(32, 4), torch.randn(32, 1))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(4):
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    scheduler.step()
""",
        """\
import torch
from torch import nn
from torch.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = ConstantLR(optimizer, factor=0.5, total_iters=2)
decay = ExponentialLR(optimizer, gamma=0.9)
scheduler = SequentialLR(optimizer, [warmup, decay], milestones=[2])
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(6):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
    )

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        if fact.forgotten:
            yield Found(
                message=f"`{fact.name}` is built and never stepped, so the learning rate of `{fact.optimizer}` stays "
                "the same.",
                at=fact.place,
            )

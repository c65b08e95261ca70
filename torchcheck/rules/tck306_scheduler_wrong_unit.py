"""TCK306: a schedule that counts epochs is stepped once a batch, or the reverse."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import SchedulerUsed, Unit
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class SchedulerWrongUnit(Rule):
    """The length of a schedule counts epochs and it is stepped once a batch, or it counts batches and is stepped once
    an epoch.

    What a length counts is told by names and sizes: `T_max=epochs`, `num_training_steps=len(loader) * epochs`,
    `StepLR(step_size=30)` in a training of 90 epochs. Where that is not clear, where the step is given an argument,
    and where it stands under a condition (`if last_batch:`), nothing is accused.
    """

    code = "TCK306"
    name = "scheduler-wrong-unit"
    level = Level.WARNING
    why = "The schedule runs many times too fast or too slowly, and ends far from the end of the training."
    help = "Step the scheduler in the loop that its length counts, or give it its length in the other unit."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
epochs = 4
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(epochs):
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
        scheduler.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(4, 1)
loader = DataLoader(TensorDataset(torch.randn(32, 4), torch.randn(32, 1)), batch_size=8, shuffle=True)
epochs = 4
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
total_steps = epochs * len(loader)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=total_steps)
for epoch in range(epochs):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
epochs = 4
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(epochs):
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    scheduler.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(4, 1)
loader = DataLoader(TensorDataset(torch.randn(32, 4), torch.randn(32, 1)), batch_size=8, shuffle=True)
epochs = 4
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(loader))
for epoch in range(epochs):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
""",
    )

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        units = {step.unit for step in fact.steps}
        if fact.span is None or len(units) != 1 or None in units:
            return
        step = fact.steps[0]
        if step.unit is Unit.BATCH and fact.span is Unit.EPOCH:
            yield Found(
                message=f"`{fact.name}` counts epochs (`{fact.span_text}`) but is stepped once a batch.",
                at=step.place,
                help="Step it once an epoch, after the loop over the batches.",
            )
        elif step.unit is Unit.EPOCH and fact.span is Unit.BATCH:
            yield Found(
                message=f"`{fact.name}` counts batches (`{fact.span_text}`) but is stepped once an epoch.",
                at=step.place,
                help="Step it after each `optimizer.step()`, in the loop over the batches.",
            )

"""TCK304: the scheduler steps before the optimizer does."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import SchedulerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_PLATEAU = "ReduceLROnPlateau"


class SchedulerBeforeOptimizer(Rule):
    """`scheduler.step()` comes in each turn of the loop ahead of the first `optimizer.step()`.

    So it was until torch 1.1, and old tutorials still show it. A step that is given an epoch, `ReduceLROnPlateau`,
    a step under a condition (`if epoch > 0`), steps ahead of the loop (to resume, or to set a warm-up's first
    rate) and schedulers of other libraries with rules of their own are not accused.
    """

    code = "TCK304"
    name = "scheduler-before-optimizer"
    level = Level.WARNING
    why = (
        "The first learning rate of the schedule is skipped, and every later one comes a turn too early; torch only "
        "prints a warning."
    )
    help = "Call `scheduler.step()` after `optimizer.step()`: at the end of the epoch, or of the batch."
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
    scheduler.step()
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=20)
x, y = torch.randn(80, 4), torch.randn(80, 1)
for xb, yb in zip(x.split(4), y.split(4)):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(xb), yb).backward()
    scheduler.step()
    optimizer.step()
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

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(4):
    if epoch > 0:
        scheduler.step()
    for xb, yb in zip(x.split(8), y.split(8)):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
""",
    )

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        if not fact.kind.startswith("torch.") or fact.kind.endswith(_PLATEAU):
            return
        for step in fact.steps:
            if step.ahead:
                yield Found(
                    message=f"`{fact.name}` steps before `{fact.optimizer}` does.",
                    at=step.place,
                    fix=step.move,
                )
                return

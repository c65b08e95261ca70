"""TCK310: `ReduceLROnPlateau` minimises an accuracy, or maximises a loss."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import Better, SchedulerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_PLATEAU = "torch.optim.lr_scheduler.ReduceLROnPlateau"


class PlateauModeMismatch(Rule):
    """`ReduceLROnPlateau` is fed a metric that improves in the other direction than its `mode` says.

    Which way a metric improves is told by its name: `val_acc`, `f1` and `auc` rise, `val_loss` and `rmse` fall. A
    negated metric, `1 - accuracy`, and names that say nothing are not accused.
    """

    code = "TCK310"
    name = "plateau-mode-mismatch"
    level = Level.WARNING
    why = (
        "Each improvement counts as a bad epoch, so the learning rate is cut again and again while the model still "
        "learns."
    )
    help = "Use `mode='max'` for a metric that should rise, `mode='min'` (the default) for one that should fall."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
for epoch in range(4):
    optimizer.zero_grad()
    output = model(x)
    nn.functional.cross_entropy(output, y).backward()
    optimizer.step()
    accuracy = (output.argmax(1) == y).float().mean().item()
    scheduler.step(accuracy)
""",
        """\
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = ReduceLROnPlateau(optimizer, mode="max", factor=0.5)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(4):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    val_loss = loss.item()
    scheduler.step(val_loss)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=2)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
for epoch in range(4):
    optimizer.zero_grad()
    output = model(x)
    nn.functional.cross_entropy(output, y).backward()
    optimizer.step()
    accuracy = (output.argmax(1) == y).float().mean().item()
    scheduler.step(accuracy)
""",
        """\
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

torch.manual_seed(0)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = ReduceLROnPlateau(optimizer, patience=2)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
for epoch in range(4):
    optimizer.zero_grad()
    output = model(x)
    loss = nn.functional.cross_entropy(output, y)
    loss.backward()
    optimizer.step()
    accuracy = (output.argmax(1) == y).float().mean().item()
    scheduler.step(-accuracy)
""",
    )

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        if fact.kind != _PLATEAU:
            return
        for step in fact.steps:
            if (fact.mode, step.better) == ("min", Better.HIGHER):
                yield Found(
                    message=f"`{fact.name}` waits for `{step.fed}` to fall, but that is a metric that should rise.",
                    at=step.place,
                    help="Build it with `mode='max'`.",
                )
            elif (fact.mode, step.better) == ("max", Better.LOWER):
                yield Found(
                    message=f"`{fact.name}` waits for `{step.fed}` to rise, but that is a metric that should fall.",
                    at=step.place,
                    help="Build it with `mode='min'`.",
                )

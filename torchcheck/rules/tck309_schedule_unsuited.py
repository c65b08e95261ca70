"""TCK309: a schedule that other optimizers are usually given."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.training import OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_DROPS = ("StepLR", "MultiStepLR")
_ADAPTIVE = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax")


class ScheduleUnsuited(Rule):
    """A remark: SGD does well with a learning rate that drops at milestones, Adam with one that decays smoothly.

    Remarked on are Adam and its kin with `StepLR` or `MultiStepLR`, and SGD with `ExponentialLR`. Cosine and linear
    schedules suit both; several schedulers together are not judged.
    """

    code = "TCK309"
    name = "schedule-unsuited"
    level = Level.INFO
    why = "The schedule costs little to change, and the usual one for this optimizer often trains better."
    help = "Compare with a smooth decay for Adam (cosine, exponential), and with milestones or cosine for SGD."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
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
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[2, 4])
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
    )

    def training(self, fact: OptimizerUsed) -> Iterable[Found]:
        if fact.schedulers is None or len(fact.schedulers) != 1:
            return
        schedule, kind = (name.rpartition(".")[2] for name in (fact.schedulers[0], fact.kind))
        if schedule in _DROPS and kind in _ADAPTIVE:
            advice = "a smooth decay is usual"
        elif schedule == "ExponentialLR" and kind == "SGD":
            advice = "drops at milestones are usual"
        else:
            return
        yield Found(message=f"`{fact.name}` ({kind}) is scheduled by `{schedule}`; {advice} for it.", at=fact.place)

"""TCK312: the learning rate is zero, or becomes zero at once."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.scheduler import SchedulerUsed
from torchcheck.facts.training import OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ZeroLearningRate(Rule):
    """An optimizer trains with a learning rate of 0, or a scheduler multiplies it by 0.

    A learning rate of 0 that something may set later (a scheduler, a warm-up, `param_groups`), and one parameter group
    with 0 among others are not accused.
    """

    code = "TCK312"
    name = "zero-learning-rate"
    level = Level.ERROR
    why = "With a learning rate of 0 a step changes nothing: the training goes on and learns no more."
    help = "Give a learning rate above 0; to keep it constant, use `gamma=1` or no scheduler at all."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
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
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0)
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
optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for step in range(5):
    for group in optimizer.param_groups:
        group["lr"] = 0.01 * (step + 1)
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
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    scheduler.step()
""",
    )

    def life(self, fact: OptimizerUsed) -> Iterable[Found]:
        if fact.learning_rate == 0:
            yield Found(message=f"`{fact.name}` has a learning rate of 0.", at=fact.place)

    def scheduler(self, fact: SchedulerUsed) -> Iterable[Found]:
        if fact.factor == 0 and fact.steps:
            yield Found(
                message=f"`{fact.name}` multiplies the learning rate by 0 (`{fact.factor_name}`).", at=fact.place
            )

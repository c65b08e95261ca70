"""TCK303: the optimizer holds parameters that the model no longer has."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.training import Lost, OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class StaleOptimizer(Rule):
    """A layer, or the whole model, is replaced after the optimizer was built for what was there before.

    `model.to(device)`, `.cuda()`, `.half()`, `torch.compile(model)` and wrappers keep the parameters and are not
    accused; nor is a replacement whose parameters an optimizer gets later.
    """

    code = "TCK303"
    name = "stale-optimizer"
    level = Level.ERROR
    why = "The optimizer goes on updating parameters that nothing uses, and the new ones never change."
    help = "Build the optimizer last, when the model has all its layers."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.body(x).relu())


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
model.head = nn.Linear(8, 1)
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
model = nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
model[2] = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
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
model = model.to("cpu")
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )

    def unowned(self, fact: OptimizerUsed) -> Iterable[Found]:
        for part in fact.unowned:
            if part.lost is Lost.REPLACED:
                yield Found(
                    message=f"`{part.name}` is replaced after `{fact.name}` was built, which still holds the old "
                    "parameters.",
                    at=part.place or fact.place,
                    help=f"Build `{fact.name}` after {'this line' if part.place else f'`{part.name}`'}.",
                )

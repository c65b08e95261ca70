"""TCK615: a parameter that is stepped and stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.still import Stillness
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.still import StillParameters

_HALF = ("float16", "bfloat16")


class ParameterNeverChanges(Rule):
    """A parameter gets gradients, its optimizer steps it with a learning rate above 0, and not a bit of it changes.

    In half precision the update is smaller than the distance between two numbers: weights in bfloat16 keep three
    digits. Or the optimizer is one of the user's own that passes over it. What gets no gradient, a gradient of zero,
    or one that is mere noise (a bias before a batch norm, a minimum) is not accused, nor are vectors in half precision.
    """

    code = "TCK615"
    name = "parameter-never-changes"
    level = Level.ERROR
    why = "The steps leave it as it was initialised: it learns nothing."
    help = "See that its optimizer updates it, and with a learning rate that its dtype can tell from nothing."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)).to(torch.bfloat16)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
x, y = torch.randn(32, 8, dtype=torch.bfloat16), torch.randint(0, 3, (32,))
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x).float(), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Signs(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        group = self.param_groups[0]  # the other groups are forgotten
        for p in group["params"]:
            p -= group["lr"] * p.grad.sign()


torch.manual_seed(0)
body, head = nn.Linear(8, 16), nn.Linear(16, 3)
optimizer = Signs([{"params": head.parameters()}, {"params": body.parameters()}], lr=0.01)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(12):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(head(torch.relu(body(x))), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(12):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Embedding(100, 8), nn.Flatten(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
ids, y = torch.randint(0, 20, (32, 2)), torch.randint(0, 3, (32,))
for step in range(24):
    loss = nn.functional.cross_entropy(model(ids), y) / 4
    loss.backward()
    if step % 4 == 3:
        optimizer.step()
        optimizer.zero_grad()
""",
    )

    def still(self, fact: StillParameters) -> Iterable[Found]:
        if fact.stillness is not Stillness.LOST:
            return
        message = f"`{fact.name}` gets gradients, and every step of `{fact.optimizer}` leaves it as it is"
        if fact.dtype in _HALF:
            message += f": with a learning rate of {fact.learning_rate:g} its updates are too small for {fact.dtype}"
        yield Found(
            message=f"{message}.",
            at=fact.place,
            help="Keep the weights in float32 and compute under `torch.autocast`." if fact.dtype in _HALF else None,
            evidence={"learning_rate": fact.learning_rate, "dtype": fact.dtype, "steps": fact.step},
            module=fact.name,
            step=fact.step,
        )

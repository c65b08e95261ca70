"""TCK301: weight decay inside Adam."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.optimizer import OptimizerBuilt
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_ADAM = "torch.optim.Adam"


class AdamWithWeightDecay(Rule):
    """`Adam(weight_decay=...)` adds L2 to the gradient, where Adam's moments rescale it; `AdamW` decays the weights.

    `AdamW`, `Adam(decoupled_weight_decay=True)` (the same), a weight decay of 0, and parameter groups that all switch
    it off are right and not accused. Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
    """

    code = "TCK301"
    name = "adam-with-weight-decay"
    level = Level.WARNING
    why = (
        "The decay goes through Adam's moments and is divided by the gradient's own scale, so weights with large "
        "gradients are hardly decayed at all."
    )
    help = "Use `torch.optim.AdamW` (and tune its weight decay anew), or set `weight_decay=0`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn, optim

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
groups = [
    {"params": model[0].parameters(), "weight_decay": 0.05},
    {"params": model[2].parameters(), "weight_decay": 0.0},
]
optimizer = optim.Adam(groups, lr=0.01)
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
model = nn.Linear(4, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=1e-2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.optim import Adam

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = Adam(model.parameters(), lr=0.01, weight_decay=0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )

    def optimizer(self, fact: OptimizerBuilt) -> Iterable[Found]:
        if fact.kind != _ADAM or fact.decoupled is not False:
            return
        decay = max((value for value in fact.weight_decay if value is not None), default=0.0)
        if decay > 0:
            where = f" (the default of `{fact.default_of}`)" if fact.default_of else ""
            yield Found(
                message=f"`{fact.spelling}` with weight_decay={decay:g}{where} adds L2 to the gradient instead of "
                "decaying the weights.",
                at=fact.place,
                step=fact.step,
                fix=fact.rename_to_adamw,
                evidence={"weight_decay": decay},
            )

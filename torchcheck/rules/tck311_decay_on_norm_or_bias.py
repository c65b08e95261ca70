"""TCK311: weight decay on biases and the weights of norms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.groups import GroupsUsed


class DecayOnNormOrBias(Rule):
    """One group of parameters decays as a whole: matrices, and with them biases and the scales of norms.

    Advice. Groups of their own without decay, decay of 0, and models that have nothing but matrices are not spoken of.
    """

    code = "TCK311"
    name = "decay-on-norm-or-bias"
    level = Level.INFO
    why = "Decay keeps matrices small; it pulls the scales of norms, which should be near 1, and biases towards 0."
    help = "Put biases and the parameters of norms into a group with `weight_decay=0`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(288, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
x, y = torch.randn(8, 3, 8, 8), torch.randint(0, 3, (8,))
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 3))
matrices = [p for p in model.parameters() if p.dim() > 1]
vectors = [p for p in model.parameters() if p.dim() <= 1]
groups = [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
optimizer = torch.optim.AdamW(groups, lr=0.001)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )

    def groups(self, fact: GroupsUsed) -> Iterable[Found]:
        if not fact.decayed:
            return
        names = ", ".join(f"`{name}`" for name in fact.decayed)
        more = fact.decayed_count - len(fact.decayed)
        rest = f" and {more} more" if more else ""
        yield Found(
            message=f"`{fact.optimizer}` decays biases and parameters of norms with the matrices: {names}{rest}.",
            at=fact.place,
            evidence={"weight_decay": fact.decay, "parameters": fact.decayed_count},
            step=fact.step,
        )

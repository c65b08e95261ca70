"""TCK516: a frozen batch norm that goes on changing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option

if TYPE_CHECKING:
    from torchcheck.facts.drift import FrozenDrift


class FrozenLayerDrifts(Rule):
    """The parameters of a batch norm are frozen, and a training pass runs it in training mode.

    `requires_grad = False` keeps the optimizer away from weights; the running mean and variance are no parameters, and
    follow every batch that passes in training mode. A frozen part that is put in evaluation mode after `model.train()`,
    or that holds no batch norm, is right and not accused.
    """

    code = "TCK516"
    name = "frozen-layer-drifts"
    level = Level.WARNING
    why = (
        "The frozen layers still normalise by each batch, and their running statistics move to the new data: they are "
        "not the layers that were pretrained."
    )
    help = "Put the frozen part in evaluation mode after every `model.train()`: `model.backbone.eval()`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
head = nn.Linear(8, 1)
backbone.requires_grad_(False)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(4):
    optimizer.zero_grad()
    nn.functional.mse_loss(head(backbone(x)), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
model = nn.Sequential(body, nn.Linear(8, 1))
for p in body.parameters():
    p.requires_grad = False
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(4):
    model.train()
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
body = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
model = nn.Sequential(body, nn.Linear(8, 1))
body.requires_grad_(False)
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(4):
    model.train()
    body.eval()
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.ReLU())  # it keeps no statistics
model = nn.Sequential(body, nn.Linear(8, 1))
body.requires_grad_(False)
optimizer = torch.optim.SGD(model[1].parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(4):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        """The settings."""

        moves: int = option(2, "on how many of the steps looked at its statistics must have moved", minimum=1)

    def passes(self, fact: Pass) -> Iterable[Found]:
        if fact.purpose is Purpose.TRAINING and fact.drifting:
            yield Found(message=_message(fact.drifting[0]), at=fact.place, module=fact.drifting[0])

    def drift(self, fact: FrozenDrift) -> Iterable[Found]:
        if fact.moves >= self.options.moves:
            yield Found(
                message=_message(fact.name),
                at=fact.place,
                module=fact.norm,
                step=fact.step,
                evidence={"moves_seen": fact.moves},
            )


def _message(name: str) -> str:
    return f"`{name}` is frozen and runs in training mode: its running statistics go on changing."

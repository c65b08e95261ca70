"""TCK617: the output of a model does not depend on its input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.exam import InputIgnored, sentence
from torchcheck.facts.outputs import OutputsSeen
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class ConstantPrediction(Rule):
    """A model gives the same output for every sample of a batch, sampled step after sampled step, though the samples
    differ.

    That is what a layer of dead units leaves (only the bias of the last layer comes through), a saturated sigmoid or
    softmax, an input that is multiplied by zero, or a `detach` and a constant in its place. The first steps of a model
    whose last layer starts at zero are right, and so are inputs that are all alike.
    """

    code = "TCK617"
    name = "constant-prediction"
    level = Level.WARNING
    why = "Such a model can only learn the average of its targets."
    help = (
        "Look for dead ReLUs (a learning rate that was too large), saturated activations, and a place where the input "
        "gets lost on its way."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        spread: float = option(
            1e-6,
            "Outputs that lie no farther apart than this part of the largest are the same: the rounding of float32.",
            minimum=0,
        )
        samples: int = option(8, "Sampled steps in a row, the newest ones.", minimum=1)

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 1))
with torch.no_grad():
    model[0].bias.fill_(-20.0)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(60):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 16).requires_grad_(False), nn.Linear(16, 3)
        self.register_buffer("gate", torch.zeros(16))

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)) * self.gate)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.Adam(net.head.parameters(), lr=1e-3)
for step in range(60):
    x = torch.randn(32, 6)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
nn.init.zeros_(model[2].weight)
nn.init.zeros_(model[2].bias)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(60):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(generator.parameters(), lr=0.01)
seed = torch.ones(32, 4)  # one input for all: the output can't differ
for step in range(60):
    loss = (generator(seed) - torch.tensor([1.0, -1.0])).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def ignored(self, fact: InputIgnored) -> Iterable[Found]:
        if not fact.spread <= self.options.spread or not fact.input_spread >= 1e-3:
            return
        yield Found(
            message=f"{sentence(fact.model)} gives every sample of the batch the same output, before and after "
            f"{fact.steps} steps of training on it.",
            at=fact.place,
            evidence={"spread": fact.spread, "threshold": self.options.spread},
        )

    def outputs(self, fact: OutputsSeen) -> Iterable[Found]:
        n = self.options.samples
        newest = list(zip(fact.spreads, fact.input_spreads, strict=True))[-n:]
        if len(newest) < n or not all(output <= self.options.spread and data >= 1e-3 for output, data in newest):
            return  # so it is for NaN, which is no constant
        yield Found(
            message=f"`{fact.model}` gives every sample of a batch the same output, in {n} sampled steps in a row.",
            at=fact.place,
            step=fact.step,
            evidence={"spread": max(fact.spreads[-n:]), "threshold": self.options.spread, "samples": n},
        )

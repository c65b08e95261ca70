"""TCK606: a sigmoid or tanh between layers whose outputs are pinned at its ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.outputs import Saturation
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class SaturatedActivation(Rule):
    """Nearly all outputs of a sigmoid or tanh lie at its ends, sampled step after sampled step.

    There its slope is next to zero: what comes before it gets no gradient. Inputs that were not normalised do it,
    initial weights that are too large, and steps that are. Judged are activations whose result goes into a layer with
    weights, perhaps pooled, normalised or dropped out; so the gates of an LSTM, of attention or of a squeeze-and-excite
    block, the probabilities that a trained classifier gives, masks, images from a generator and a policy's actions are
    not. Pinned is what lies within a hundredth of the range of an end. A layer that was not so on the first steps is
    accused only while the loss does not fall: training may turn units into switches.
    """

    code = "TCK606"
    name = "saturated-activation"
    level = Level.WARNING
    symptom_of = frozenset({"TCK403", "TCK602"})  # inputs, or steps, that are too large
    why = "At the ends of a sigmoid or tanh the slope is almost zero, so the layers before it hardly learn."
    help = (
        "Normalise the inputs, make the initial weights smaller (`nn.init.xavier_uniform_`), put a norm before the "
        "activation, or lower the learning rate."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        share: float = option(
            0.7,
            "Part of the outputs that is pinned. Peers accuse from 0.5 on (DeepDiagnosis, NeuralDBG); trainings that "
            "work were measured at 0.42 and less, at the end of a training that had learned its data by heart.",
            minimum=0,
            maximum=1,
        )
        samples: int = option(8, "Sampled steps in a row, the newest ones.", minimum=1)
        fall: float = option(
            0.2,
            "A loss that has fallen by more than this part excuses what training has made so.",
            minimum=0,
            maximum=1,
        )

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
nn.init.normal_(model[0].weight, std=6.0)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(80):
    x = torch.randn(64, 8)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 3)
        nn.init.constant_(self.two.bias, 6.5)

    def forward(self, x):
        x = F.relu(self.one(x))
        x = torch.sigmoid(self.two(x))
        return self.out(x)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for step in range(80):
    x = torch.randn(64, 8)
    loss = F.cross_entropy(net(x), x[:, :3].argmax(1))
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
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
x = torch.randn(64, 8)
y = (x[:, :1] > 0).float()
for step in range(80):  # learned by heart: the probabilities are near 0 and 1, as they should be
    loss = nn.functional.binary_cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.value, self.gate, self.out = nn.Linear(8, 16), nn.Linear(8, 16), nn.Linear(16, 1)
        nn.init.constant_(self.gate.bias, 10.0)  # open on purpose

    def forward(self, x):
        return self.out(self.value(x) * torch.sigmoid(self.gate(x)))


torch.manual_seed(0)
model = Gated()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(80):
    x = torch.randn(64, 8)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def saturated(self, fact: Saturation) -> Iterable[Found]:
        options = self.options
        shares = [low + high for low, high in zip(fact.low, fact.high, strict=True)]
        newest = shares[-options.samples :]
        if len(newest) < options.samples or not all(share >= options.share for share in newest):
            return  # so it is for NaN
        first = shares[:_FIRST]
        learned = fact.loss_change is None or fact.loss_change < -options.fall
        if learned and not all(share >= options.share for share in first):
            return
        low, high = fact.low[-1], fact.high[-1]
        yield Found(
            message=(
                f"At least {min(newest):.0%} of the {fact.function} outputs after `{fact.module}` are pinned at its "
                f"ends in the last {len(newest)} sampled steps "
                f"(steps {fact.steps[-len(newest)]} to {fact.steps[-1]}; {low:.0%} at the lower end, {high:.0%} "
                f"at the upper one; accused from {options.share:.0%} on)."
            ),
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"pinned": min(newest), "low": low, "high": high, "threshold": options.share},
        )


_FIRST = 4

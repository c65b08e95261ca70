"""TCK603: the gradient fades layer by layer on its way to the input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.scales import ScaleWindow
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option
from torchcheck.rules.flow import fades, layers


class VanishingGradient(Rule):
    """From layer to layer the gradient gets smaller, until the first ones get next to nothing, and the loss stands
    still.

    That is what many sigmoid or tanh layers on top of each other do, and deep stacks whose initial weights are too
    small. Gradients are compared as RMS x sqrt(fan-in), as medians over sampled steps after the first ones. Accused is
    a decay that is spread over at least four layers; one layer that is out of scale is TCK613. Weights that start at
    zero (LoRA, residual branches), small embeddings and trainings whose loss falls are right. Optimizers that even out
    the scale of gradients (Adam) are accused only where the decay is a hundred times larger.

    Three sigmoid layers have a decay of 600 and train; five have 20 000 and eight 10 to the 7th, and do not. None of
    195 programs that train (perceptrons, CNNs, residual nets, transformers, recurrent nets, GANs, reinforcement
    learning) is accused.
    """

    code = "TCK603"
    name = "vanishing-gradient"
    level = Level.WARNING
    why = "The first layers hardly learn, so the others work on features that stay random."
    help = (
        "Use ReLU-like activations with Kaiming initialisation, normalise between the layers, or add residual "
        "connections."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        threshold: float = option(
            1000.0,
            "Ratio of the largest to the smallest gradient of a decay from layer to layer: AutoTrainer's 1e-3 between "
            "first and last layer.",
            minimum=1,
        )
        adaptive: float = option(
            100.0, "By how much larger it must be where the optimizer evens out the scales of updates.", minimum=1
        )
        fall: float = option(
            0.2, "A loss that has fallen by more than this part is evidence that it learns.", minimum=0, maximum=1
        )
        settled: int = option(5, "First steps that are not judged.", minimum=0)
        samples: int = option(6, "Sampled steps after them that the medians are taken of.", minimum=1)
        patience: int = option(100, "Steps after which it is said while the run goes on.", minimum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
layers = []
for i in range(6):
    layers += [nn.Linear(16, 16), nn.Sigmoid()]
model = nn.Sequential(*layers, nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(60):
    x = torch.randn(64, 16)
    optimizer.zero_grad()
    F.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(32, 32) for _ in range(6))
        self.out = nn.Linear(32, 3)
        for layer in self.hidden:
            nn.init.normal_(layer.weight, std=0.03)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        return self.out(x)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for _ in range(60):
    x = torch.randn(64, 32)
    loss = F.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
layers = []
for i in range(6):
    layers += [nn.Linear(16, 16), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(16, 3))
for layer in model[::2]:
    nn.init.kaiming_normal_(layer.weight)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(60):
    x = torch.randn(64, 16)
    optimizer.zero_grad()
    F.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.gate = nn.Linear(16, 16), nn.Linear(16, 16)
        nn.init.zeros_(self.gate.weight)  # each block starts as the identity

    def forward(self, x):
        return x + self.gate(torch.sigmoid(self.inner(x)))


torch.manual_seed(0)
model = nn.Sequential(*(Residual() for _ in range(6)), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(60):
    x = torch.randn(64, 16)
    optimizer.zero_grad()
    F.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
    optimizer.step()
""",
    )

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        options = self.options
        if fact.loss_change is None or fact.loss_change < -options.fall:
            return
        if not fact.final and fact.step - fact.first_step < options.patience:
            return
        profile = layers(fact, settled=options.settled, samples=options.samples)
        ends = fades(profile)
        if ends is None:
            return
        low, high = ends
        decay = high.gradient / low.gradient
        evened = high.update < _EVENED * low.update
        limit = options.threshold * (options.adaptive if evened else 1)
        if decay < limit:
            return
        yield Found(
            message=(
                f"The gradient fades layer by layer: that of `{low.name}` is {decay:.0e} times smaller than that of "
                f"`{high.name}` (median of the sampled steps from {fact.first_step + options.settled} to {fact.step}; "
                f"accused from {limit:g} times on), and the loss does not fall."
            ),
            at=fact.place,
            step=fact.step,
            evidence={
                "gradients": {layer.name: float(f"{layer.gradient:.2g}") for layer in profile},
                "decay": decay,
                "threshold": limit,
            },
        )


_EVENED = 10
"""Updates of the two layers that lie closer together than this: Adam makes up for the scale of gradients."""

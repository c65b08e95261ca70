"""TCK605: units that never fire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.outputs import UnitsSeen
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class DeadUnits(Rule):
    """Most units of a ReLU layer were zero for every sample of every sampled batch, over a window of steps.

    A dead unit gets no gradient, so it never comes back. Some are usual, and rare ones may fire for rare samples:
    accused is a layer of which more than half is dead. Judged are rectifiers whose result goes into another layer, in
    whatever way they are written: `nn.ReLU`, `F.relu`, `torch.relu`, `clamp(min=0)`. Layers of few units, a hinge in a
    loss, and activations that let something through below zero (LeakyReLU, GELU) are right.
    """

    code = "TCK605"
    name = "dead-units"
    level = Level.WARNING
    symptom_of = frozenset({"TCK403", "TCK602"})  # inputs, or steps, that are too large
    why = "Dead units compute nothing and learn nothing: the layer is narrower than it looks."
    help = (
        "Lower the learning rate, initialise for ReLU (`nn.init.kaiming_normal_`), look for a large negative bias, or "
        "use `nn.LeakyReLU` or `nn.GELU`."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        part: float = option(
            0.5,
            "Part of a layer's units from which it is accused: what TheDeepChecker and torchmortem take.",
            minimum=0,
            maximum=1,
        )
        units: int = option(8, "Units that a layer has at least; of fewer, many may be dead by chance.", minimum=1)
        batches: int = option(8, "Sampled batches in which they never fired.", minimum=1)

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    model[0].bias[:24] = -20.0
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

torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 36, 2))
with torch.no_grad():
    net[0].bias[4:] = -10.0
optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
for step in range(60):
    images = torch.randn(16, 1, 8, 8)
    loss = nn.functional.cross_entropy(net(images), torch.randint(0, 2, (16,)))
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
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
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

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 32), nn.LeakyReLU(0.01), nn.Linear(32, 1))
with torch.no_grad():
    model[0].bias[:24] = -20.0
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for step in range(60):
    x = torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def units(self, fact: UnitsSeen) -> Iterable[Found]:
        if fact.batches < self.options.batches or fact.units < self.options.units:
            return
        if fact.dead <= self.options.part * fact.units:
            return
        yield Found(
            message=f"{fact.dead} of the {fact.units} units of `{fact.module}` never fired (their ReLU gave 0) in "
            f"{fact.batches} sampled batches.",
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"dead": fact.dead, "units": fact.units, "threshold": self.options.part},
        )

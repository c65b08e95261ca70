"""TCK604: gradients that grow by orders of magnitude."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.scales import ScaleWindow
from torchcheck.finding import JSON, Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option
from torchcheck.rules.flow import FIRST, Norm, norms, swells


class ExplodingGradient(Rule):
    """The gradient is orders of magnitude too large: on its way back through the layers or through time, over the
    steps of the training, or in spikes that come again and again; and the loss does not fall.

    Judged is the gradient that the optimizer uses: clipped, where it is clipped, so that a training with
    `clip_grad_norm_` is not accused however large its gradients were before; unscaled, where a `GradScaler` is in use;
    summed up, where it is accumulated. Growth is accused when the newest sampled steps all are `growth` times above
    the median of the first four, spikes when three of the newest twelve are `growth` times above their median. A
    large gradient on the first steps is accused only where it comes from the depth of the network: the last layer's
    own is `growth` times smaller. Large losses (sums, targets in the thousands), single spikes, and trainings whose
    loss falls are right. Growth under steps that are too large from the beginning is TCK602.

    In 195 programs that train, GANs and reinforcement learning among them, the norm of the gradient grows at most
    fourfold and is at most 120 times that of the weights; recurrent nets that explode start with 10 to the 6th.
    """

    code = "TCK604"
    name = "exploding-gradient"
    level = Level.WARNING
    why = "One such step throws away what the weights have learned, or fills them with NaN."
    help = (
        "Clip the gradients (`nn.utils.clip_grad_norm_` before the step), make the initial weights smaller "
        "(orthogonal ones for recurrent layers), or normalise between the layers."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        growth: float = option(
            1000.0,
            "Growth that is accused: torchtest2's 1e3. Healthy trainings measured at most 4.",
            minimum=1,
        )
        ratio: float = option(
            1000.0,
            "Gradient of a weight, relative to it, that is huge on the first steps: torchtest2's 1e3 relative to the "
            "norm of the parameter. Healthy trainings measured at most 120.",
            minimum=0,
        )
        grown_ratio: float = option(
            1.0, "Gradient norm relative to the weights that a gradient has when it has grown too large.", minimum=0
        )
        fall: float = option(
            0.2, "A loss that has fallen by more than this part excuses any gradient.", minimum=0, maximum=1
        )
        patience: int = option(20, "Steps after which it is said while the run goes on.", minimum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(8, 32, batch_first=True)
        self.out = nn.Linear(32, 3)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=3.0)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-8)
for _ in range(40):
    x = torch.randn(32, 60, 8)
    loss = F.cross_entropy(model(x), x[:, 0, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(200):
    x = torch.randn(64, 8)
    error = model(x) - x.sum(1, keepdim=True)
    loss = -error.pow(2).mean()  # the sign is wrong: away from the target, ever faster
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if loss < -1e18:
        break
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(8, 32, batch_first=True)
        self.out = nn.Linear(32, 3)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=3.0)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(40):
    x = torch.randn(32, 20, 8)
    loss = F.cross_entropy(model(x), x[:, -1, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    x = torch.randn(64, 8)
    target = 1000 * x.sum(1, keepdim=True)
    loss = nn.functional.mse_loss(model(x), target, reduction="sum")  # large numbers are no explosion
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        if fact.loss_change is None or -_WITHOUT_BOUND < fact.loss_change < -self.options.fall:
            return
        if not fact.final and fact.step - fact.first_step < self.options.patience:
            return
        found = norms(fact)
        yield from self._deep(fact) or self._growing(fact, found) or self._spikes(fact, found)

    def _deep(self, fact: ScaleWindow) -> list[Found]:
        """The gradient grows from layer to layer, or through time, from the first steps on."""
        found = swells(fact, self.options.ratio, self.options.growth)
        if found is None:
            return []
        name, ratios = found
        last = list(ratios)[-1]
        return [
            Found(
                message=(
                    f"On the first steps the gradient of `{name}` is {ratios[name]:.0e} times the weight itself, that "
                    f"of `{last}` {ratios[last]:.0e} times (more than "
                    f"{self.options.ratio:g} is too much): it explodes on its way back."
                ),
                at=fact.place,
                step=fact.step,
                evidence={"gradient_to_weight": ratios, "threshold": self.options.ratio},
            )
        ]

    def _growing(self, fact: ScaleWindow, found: list[Norm]) -> list[Found]:
        """It grows from step to step."""
        first, newest = found[:FIRST], found[FIRST:][-FIRST:]
        if len(newest) < FIRST or _jumps(fact, first):
            return []
        before = statistics.median(one.gradient for one in first)
        after = min(newest, key=lambda one: one.gradient)
        if not before or after.gradient < self.options.growth * before or after.ratio < self.options.grown_ratio:
            return []
        return [
            Found(
                message=(
                    f"The gradient that `{fact.optimizer}` uses has grown {after.gradient / before:.0e} times: from a "
                    f"norm of {before:.2g} (steps {first[0].step} to {first[-1].step}) to {newest[-1].gradient:.2g} "
                    f"(step {newest[-1].step}), {_loss(fact)}."
                ),
                at=fact.place,
                step=fact.step,
                evidence=_evidence(found, self.options.growth),
            )
        ]

    def _spikes(self, fact: ScaleWindow, found: list[Norm]) -> list[Found]:
        """It spikes again and again."""
        newest = found[FIRST:]
        if len(newest) < _WINDOW or _jumps(fact, found[:FIRST]):
            return []
        usual = statistics.median(one.gradient for one in newest)
        spikes = [one for one in newest if one.gradient >= self.options.growth * usual > 0]
        if len(spikes) < _SPIKES or max(one.ratio for one in spikes) < self.options.grown_ratio:
            return []
        worst = max(spikes, key=lambda one: one.gradient)
        return [
            Found(
                message=(
                    f"In {len(spikes)} of the {len(newest)} sampled steps the gradient that `{fact.optimizer}` uses is "
                    f"more than {self.options.growth:g} times its median of {usual:.2g} ({worst.gradient:.2g} at step "
                    f"{worst.step}), {_loss(fact)}."
                ),
                at=fact.place,
                step=fact.step,
                evidence=_evidence(found, self.options.growth),
            )
        ]


_WINDOW = 12
_SPIKES = 3
_WITHOUT_BOUND = 1000.0
"""A loss that has fallen by so many times its first value: its sign is wrong, or nothing limits it."""
_TOO_LARGE = 0.5
"""Update of the weights, relative to them, that throws them away by itself."""


def _jumps(fact: ScaleWindow, first: list[Norm]) -> bool:
    """Whether the first steps were too large by themselves: what the gradients do then is TCK602."""
    return not _falls_without_bound(fact) and max(one.update_ratio for one in first) >= _TOO_LARGE


def _falls_without_bound(fact: ScaleWindow) -> bool:
    return fact.loss_change is not None and fact.loss_change < -_WITHOUT_BOUND


def _loss(fact: ScaleWindow) -> str:
    return "and the loss falls without bound" if _falls_without_bound(fact) else "and the loss does not fall"


def _evidence(found: list[Norm], threshold: float) -> dict[str, JSON]:
    return {
        "gradient_norms": [float(f"{one.gradient:.3g}") for one in found],
        "steps": [one.step for one in found],
        "threshold": threshold,
    }

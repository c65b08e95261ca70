"""TCK613: weights, or their gradients, live on scales that are orders of magnitude apart."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option
from torchcheck.rules.flow import fades, layers, swells


class ScaleSpread(Rule):
    """Layers of one model differ by orders of magnitude in the scale of their weights or gradients.

    The scale of a weight is its gain, RMS x sqrt(fan-in): how much it enlarges a signal of independent inputs. It is
    judged on the first steps, as initialised or loaded; what training makes of it later is not a mistake. Gradients
    are judged by their size relative to the weight, over many samples. Left out are learned tokens and position
    tables, small embeddings, weights that start at or near zero (LoRA, adaLN-zero, policy heads), and a small last
    layer.

    Measured on 18 healthy models (perceptrons, CNNs, residual nets, transformers, recurrent nets; default, Xavier,
    Kaiming and GPT-2 initialisation): gains lie between 0.11 and 1.5 and within one model at most 2.5 times apart, 11
    times after training; gradient-to-weight ratios are at most 190 times apart, in saturated and exploded nets 10 to
    the 7th and more.
    """

    code = "TCK613"
    name = "scale-spread"
    level = Level.WARNING
    why = "One learning rate can't suit layers whose scales are orders apart: some hardly move while others jump."
    help = "Initialise all layers by one scheme (torch's default, or Kaiming's), and normalise between them."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        spread: float = option(
            1000.0,
            "Ratio of the largest to the smallest gain; healthy models measured at most 11, most under 3.",
            minimum=1,
        )
        large_gain: float = option(20.0, "Gain that blows up any signal; healthy layers have at most 1.5.", minimum=0)
        large_spread: float = option(
            30.0, "Ratio of such a large gain to the smallest one that is a mistake.", minimum=1
        )
        gradient_spread: float = option(
            1e5,
            "Ratio of the largest to the smallest gradient-to-weight ratio; healthy models measured at most 190.",
            minimum=1,
        )
        update_spread: float = option(
            10.0, "Ratio that the updates must differ by too: Adam evens out mere scales.", minimum=1
        )
        near_zero: float = option(0.05, "Gain below which a weight counts as started at zero on purpose.", minimum=0)
        samples: int = option(10, "Samples that gradients are judged by.", minimum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3))
nn.init.normal_(model[2].weight, std=10.0)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-5)
x = torch.randn(64, 16)
y = x[:, :3].argmax(1)
for _ in range(10):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(16, 64) * 1e-5)
        self.w2 = nn.Parameter(torch.randn(64, 3))

    def forward(self, x):
        return torch.relu(x @ self.w1) @ self.w2


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
x = torch.randn(64, 16)
y = x[:, :3].argmax(1)
for _ in range(10):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Embedding(1000, 32), nn.Flatten(), nn.Linear(4 * 32, 32), nn.ReLU(), nn.Linear(32, 3))
nn.init.normal_(model[4].weight, std=1e-4)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
x, y = torch.randint(0, 1000, (64, 4)), torch.randint(0, 3, (64,))
for _ in range(10):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
base = nn.Linear(16, 16)
down, up = nn.Linear(16, 2, bias=False), nn.Linear(2, 16, bias=False)
nn.init.zeros_(up.weight)
head = nn.Linear(16, 3)
optimizer = torch.optim.AdamW([*down.parameters(), *up.parameters(), *head.parameters()], lr=1e-3)
x = torch.randn(64, 16)
y = x[:, :3].argmax(1)
for _ in range(30):
    optimizer.zero_grad()
    hidden = base(x) + up(down(x))
    F.cross_entropy(head(hidden.relu()), y).backward()
    optimizer.step()
""",
    )

    def scales(self, fact: ScaleWindow) -> Iterable[Found]:
        weighted = {name: samples for name, samples in fact.samples.items() if name in fact.fan_in}
        yield from self._weights(fact)
        # What changes from layer to layer is a vanishing gradient (TCK603), or an exploding one (TCK604).
        if fades(layers(fact, settled=0, samples=self.options.samples)) is None and swells(fact) is None:
            yield from self._gradients(fact, weighted)

    def _weights(self, fact: ScaleWindow) -> Iterable[Found]:
        gains = {
            name: _gain(samples[0], 1 if name in fact.lookups else fact.fan_in[name])
            for name, samples in fact.samples.items()
            if (name in fact.fan_in or name in fact.lookups)
            and samples[0].step < fact.first_step + 5
            and samples[0].weight > 0
        }
        # The output layer is often made small on purpose, so that a model starts from an even guess; embeddings too.
        last = list(fact.samples)[-1]
        inner = {n: gain for n, gain in gains.items() if n not in fact.lookups and (n != last or gain >= _LARGE_END)}
        if len(gains) < 2 or not inner:
            return
        high, low = max(gains, key=gains.__getitem__), min(inner, key=inner.__getitem__)
        spread, options = gains[high] / gains[low], self.options
        if spread >= options.spread or (gains[high] >= options.large_gain and spread >= options.large_spread):
            yield Found(
                message=(
                    f"The weights of `{high}` are {spread:.0f} times larger for their size than those of `{low}` "
                    f"(gains {gains[high]:.2g} and {gains[low]:.2g}; RMS x sqrt(fan-in) should be near 1)."
                ),
                at=fact.place,
                step=fact.step,
                evidence={"largest": high, "smallest": low, "gain": {high: gains[high], low: gains[low]}},
            )

    def _gradients(self, fact: ScaleWindow, weighted: dict[str, Sequence[Sample]]) -> Iterable[Found]:
        ratios, updates = {}, {}
        for name, samples in weighted.items():
            usable = [s for s in samples if s.gradient > 0 and self._is_grown(s, fact.fan_in[name])]
            if len(usable) >= self.options.samples:
                ratios[name] = statistics.median(s.gradient / s.weight for s in usable)
                updates[name] = statistics.median(s.update_ratio for s in usable)
        if len(ratios) < 2:
            return
        # A first layer alone has tiny gradients where its input is tiny, which is another mistake.
        high, low = max(ratios, key=ratios.__getitem__), min(list(ratios)[1:], key=ratios.__getitem__)
        spread = ratios[high] / ratios[low]
        # Adam makes up for the scale of a gradient, until that comes near its epsilon.
        if spread >= self.options.gradient_spread and updates[high] >= self.options.update_spread * updates[low]:
            yield Found(
                message=(
                    f"Relative to its weights, the gradient of `{low}` is {spread:.0e} times smaller than that of "
                    f"`{high}` ({ratios[low]:.1e} and {ratios[high]:.1e} a step): `{low}` hardly learns."
                ),
                at=fact.place,
                step=fact.step,
                help="Use ReLU-like activations, normalisation or residual connections, for gradients to reach it.",
                evidence={"largest": high, "smallest": low, "gradient_to_weight": {n: ratios[n] for n in (high, low)}},
            )

    def _is_grown(self, sample: Sample, fan_in: int) -> bool:
        return _gain(sample, fan_in) >= float(self.options.near_zero)


_LARGE_END = 0.3  # half of what torch's default gives


def _gain(sample: Sample, fan_in: int) -> float:
    return sample.weight * math.sqrt(fan_in)

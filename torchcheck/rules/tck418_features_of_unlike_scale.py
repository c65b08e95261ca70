"""TCK418: features that differ in scale by orders of magnitude."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.layer import LayerFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class FeaturesOfUnlikeScale(Rule):
    """The features that reach a model's first linear layer differ in scale by orders of magnitude: an income beside a
    rate, an area beside a number of rooms.

    The scale of a feature is the root mean square of its elements that are not zero, over several sampled batches.
    A normalisation right after the layer doesn't help, since it normalises sums of the features. Features that are
    whole a constant zero, rare counts, images, spectra and other inputs whose elements are one kind of thing are not
    accused, nor is a model that scales its own input.
    """

    code = "TCK418"
    name = "features-of-unlike-scale"
    level = Level.WARNING
    why = (
        "The gradient of a weight grows with its feature: one learning rate is too large for some weights and far too "
        "small for others, and the small features are hardly learned from."
    )
    help = (
        "Standardise each feature with the mean and deviation of the training set; that is better than a learning rate "
        "for each parameter."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        ratio: float = option(
            1000.0,
            "Largest over smallest scale from which features count as unlike: three orders of magnitude. Standardised "
            "features have 1, polynomials up to degree 3 some 30 (scikit-learn's scalers exist for less).",
            minimum=1,
        )
        features: int = option(
            256, "Features that a table has at most; beyond it they are pixels, words or spectra.", minimum=2
        )
        batches: int = option(3, "Sampled batches that must be judged together.", minimum=1)

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
rooms, area = torch.randint(1, 8, (256, 1)).float(), torch.rand(256, 1) * 20000
rate = torch.rand(256, 1) * 0.1
x = torch.cat([rooms, area, rate], dim=1)
y = rooms + rate * 10
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(12):
    rows = torch.randint(0, 256, (32,))
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4) * torch.tensor([1.0, 1.0, 0.001, 5.0])
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(12):
    rows = torch.randint(0, 256, (32,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
rooms, area = torch.randint(1, 8, (256, 1)).float(), torch.rand(256, 1) * 20000
x = torch.cat([rooms, area, torch.rand(256, 1) * 0.1], dim=1)
x = (x - x.mean(dim=0)) / x.std(dim=0)
y = x.sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(12):
    rows = torch.randint(0, 256, (32,))
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4) * torch.tensor([1.0, 1.0, 0.001, 5.0])
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for step in range(12):
    rows = torch.randint(0, 256, (32,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    optimizer.step()
""",
    )

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        scales, shape = fact.moments.feature_rms, fact.input.shape
        if fact.kind != "Linear" or len(shape) != 2 or fact.batches < self.options.batches or not fact.trainable:
            return
        if not 2 <= fact.moments.features <= self.options.features or len(scales) < 2 or fact.moments.nan:
            return
        low, high = min(scales), max(scales)
        if low <= 0 or high / low < self.options.ratio:
            return
        yield Found(
            message=f"The features that reach `{fact.module}` differ in scale {high / low:,.0f}-fold: "
            f"from {low:.2g} to {high:.2g}.",
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"smallest": low, "largest": high, "ratio": high / low, "threshold": self.options.ratio},
        )

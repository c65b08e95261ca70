"""TCK612: is it more than noise?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from torchcheck.curves.level import end_of, scatter
from torchcheck.curves.say import at, number, part, rough, whole
from torchcheck.curves.share import standard_error
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class NoisyValidation(Rule):
    """The best validation score is better by less than the number of samples can tell, or scores jump by more than
    that.

    A share p of n samples has a standard error of sqrt(p(1-p)/n). On 10 000 samples an accuracy of 0.984 is known to
    ±0.0025 at 95 % confidence, so that 0.985 after it is no progress that other samples would confirm. Scores that
    jump by several times the standard error, from evaluation to evaluation on the same samples, are not sampling
    noise: the weights jump. Where the number of samples is not known, a validation loss that jumps while the training
    loss does not is told.
    """

    code = "TCK612"
    name = "noisy-validation"
    level = Level.INFO
    why = "The best of many noisy scores is too good: choosing by it chooses noise."
    help = (
        "Compare settings by differences beyond the interval, over several seeds; use more validation samples, and a "
        "lower learning rate or averaged weights (EMA, SWA) where scores jump."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        evaluations: int = option(4, "Evaluations that are needed.", minimum=3)
        z: float = option(1.96, "Standard errors on either side: 1.96 are 95 % of a normal distribution.", minimum=0)
        jumps: float = option(3.0, "Scatter, in standard errors, that sampling can't explain.", minimum=1)
        loss_scatter: float = option(0.1, "Scatter of a validation loss, as a part of it, that is told.", minimum=0)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(1200, 10)
y = (x[:, 0] + x[:, 1] + 0.5 * torch.randn(1200) > 0).long()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best = 0.0
for epoch in range(15):
    model.train()
    for rows in torch.randperm(1000).split(50):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        logits = model(x[1000:])
        val_loss = F.cross_entropy(logits, y[1000:])
    best = max(best, (logits.argmax(1) == y[1000:]).float().mean().item())
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(900, 6)
y = ((x[:, :1] - x[:, 1:2]) + 0.3 * torch.randn(900, 1) > 0).float()
train_loader = DataLoader(TensorDataset(x[:800], y[:800]), batch_size=40, shuffle=True)
val_loader = DataLoader(TensorDataset(x[800:], y[800:]), batch_size=50)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(12):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        losses = [criterion(model(inputs), targets).item() for inputs, targets in val_loader]
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(21000, 10)
y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):  # each is better than the one before by more than 20 000 samples leave open
    model.train()
    for rows in torch.randperm(1000).split(50):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[1000:]), y[1000:])
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(1200, 10)
y = x[:, :1] - x[:, 1:2]
train_loader = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=50, shuffle=True)
val_loader = DataLoader(TensorDataset(x[1000:], y[1000:]), batch_size=100)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(20):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_losses = [criterion(model(inputs), targets).item() for inputs, targets in val_loader]
""",
    )

    def scores(self, fact: Curve) -> Iterable[Found]:
        metric, validation = fact.metric, fact.validation
        if metric is not None and fact.samples and len(metric.values) >= self.options.evaluations:
            yield from self._against_sampling(fact, metric, fact.samples)
        elif validation is not None and len(validation.values) >= 2 * self.options.evaluations:
            yield from self._against_training(fact, validation)

    def _against_sampling(self, fact: Curve, metric: Series, samples: int) -> Iterable[Found]:
        values = metric.values
        error = standard_error(end_of(values), samples)
        jumps = scatter(values)
        evidence = {"samples": samples, "standard_error": error, "scatter": jumps}
        if len(values) >= 2 * self.options.evaluations and jumps >= self.options.jumps * error:
            yield Found(
                message=(
                    f"`{metric.name}` jumps by ±{rough(self.options.z * jumps)} from evaluation to evaluation; "
                    f"{samples} samples explain ±{rough(self.options.z * error)}: it is the weights that jump."
                ),
                at=metric.place,
                step=whole(metric.steps[-1]),
                evidence={**evidence, "evaluations": len(values)},
            )
            return
        records = _records(values)
        if len(records) < 2 or not 0 < values[records[-1]] < 1:
            return
        before, best = records[-2], records[-1]
        reach = self.options.z * standard_error(values[best], samples)
        if values[best] - values[before] < reach:
            yield Found(
                message=(
                    f"`{metric.name}` {number(values[before])} -> {number(values[best])} "
                    f"({at(metric.steps[before], fact)} to {metric.steps[best]:g}) on {samples} samples is within "
                    f"±{rough(reach)}: noise."
                ),
                at=metric.place,
                step=whole(metric.steps[best]),
                evidence={**evidence, "before": values[before], "best": values[best], "interval": reach},
            )

    def _against_training(self, fact: Curve, validation: Series) -> Iterable[Found]:
        if fact.training is None or min(validation.values) <= 0 or min(fact.training.values) <= 0:
            return
        jumps = scatter(_logs(validation.values))
        if jumps < self.options.loss_scatter:
            return
        own = scatter(_logs(_as_many(fact.training.values, len(validation.values))))
        if own > jumps / 3:
            return
        yield Found(
            message=(
                f"`{validation.name}` jumps by {part(jumps)} of itself from evaluation to evaluation, while "
                f"`{fact.training.name}` runs smoothly."
            ),
            at=validation.place,
            step=whole(validation.steps[-1]),
            help="Say how many samples a validation has, so that sampling can be ruled out; then try a lower "
            "learning rate, "
            "averaged weights (EMA, SWA), and a smaller momentum of the batch norms.",
            evidence={"scatter": jumps, "scatter_of_training": own},
        )


def _records(values: Sequence[float]) -> list[int]:
    """Where each new best score was reached."""
    best = [float("-inf"), *accumulate(values, max)]
    return [i for i, value in enumerate(values) if value > best[i]]


def _logs(values: Sequence[float]) -> list[float]:
    """Logarithms: what scatters in them is a part of the loss, however high it runs."""
    return [math.log(value) for value in values]


def _as_many(values: Sequence[float], count: int) -> list[float]:
    """A value for each evaluation: the mean of the training losses before it."""
    edges = [round(i * len(values) / count) for i in range(count + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(edges) if b > a]

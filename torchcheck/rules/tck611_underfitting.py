"""TCK611: both losses stay high."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from torchcheck.curves.level import blocks, end_of, start_of
from torchcheck.curves.say import number, part, whole
from torchcheck.curves.trend import trend
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import JSON, Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class Underfitting(Rule):
    """Training and validation loss end close together and high: the model can't fit its own training data, or had no
    time to.

    Two forms: the training loss has come down a little and stands still, still above `high` of where it started; or
    it falls in the last third of the run by the same part as in the first, so that the run ends in the middle of its
    way. What the lowest possible loss is, nobody knows: noisy labels, label smoothing and mixed samples keep it up.
    That makes this advice. A validation metric that is good, or a validation loss well above the training loss,
    excuses.
    """

    code = "TCK611"
    name = "underfitting"
    level = Level.INFO
    why = "A model that can't fit the samples which it sees will not do better on others."
    help = (
        "Make the model larger until it fits the training data, then regularise; take regularisation away, train "
        "longer, or with a larger learning rate."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        points: int = option(20, "Training losses that are needed.", minimum=12)
        high: float = option(0.6, "Part of the starting loss above which the end is high.", minimum=0, maximum=1)
        gap: float = option(0.1, "Part by which validation may lie above training.", minimum=0)
        still: float = option(
            0.02, "Part by which a loss that stands still may change in a third of the run.", minimum=0
        )
        steady: float = option(0.7, "Part of the first third's fall that the last third must keep up.", minimum=0)
        good_metric: float = option(0.9, "A validation metric from which on all is well.", minimum=0, maximum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.rand(2048, 2) * 2 - 1
y = ((x[:, 0] * x[:, 1] > 0) | (x[:, 0] > 0.4)).long()  # no straight line tells the classes apart
model = nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(30):
    for rows in torch.randperm(1536).split(128):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[1536:]), y[1536:])
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(2560, 8)
y = x @ torch.randn(8, 1)
train_loader = DataLoader(TensorDataset(x[:2048], y[:2048]), batch_size=256, shuffle=True)
val_loader = DataLoader(TensorDataset(x[2048:], y[2048:]), batch_size=512)
model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=2e-3)
criterion = nn.MSELoss()
for epoch in range(10):
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for inputs, targets in val_loader:
            val_loss = criterion(model(inputs), targets)
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.rand(2048, 2) * 2 - 1
y = ((x[:, 0] * x[:, 1] > 0) | (x[:, 0] > 0.4)).long()
model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(30):
    for rows in torch.randperm(1536).split(128):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[1536:]), y[1536:])
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

    def curve(self, fact: Curve) -> Iterable[Found]:
        training, validation = fact.training, fact.validation
        if training is None or validation is None or len(training.values) < self.options.points:
            return
        if min(training.values) <= 0 or fact.ended_at is not None or fact.comparable is False or self._is_good(fact):
            return
        start, last, other = start_of(training.values), end_of(training.values), end_of(validation.values)
        if other > (1 + self.options.gap) * last or len(validation.values) < 3:
            return
        reference = start if fact.chance is None else min(start, fact.chance)
        reduced = blocks(training.values, 60)
        third = len(reduced) // 3
        falls = [_fall(reduced[i * third : (i + 1) * third + 1]) for i in (0, 2)]
        evidence: dict[str, JSON] = {"first": start, "last": last, "validation": other, "falls": list(falls)}
        if self._stands(reduced[-third:], last) and last >= self.options.high * reference and last < 0.97 * start:
            yield self._found(
                f"`{training.name}` came down from {number(start)} to {number(last)} and stands still, and "
                f"`{validation.name}` with it ({number(other)}): the model does not fit its training data.",
                fact,
                training,
                evidence,
            )
        elif self._falls_on(reduced, falls, start, last) and not _cools(fact):
            yield self._found(
                f"`{training.name}` falls as fast at the end ({part(falls[1])} in the last third of the run) as at "
                f"the start ({part(falls[0])}), and `{validation.name}` with it: the training ends before it has "
                "converged.",
                fact,
                training,
                evidence,
            )

    def _found(self, message: str, fact: Curve, training: Series, evidence: dict[str, JSON]) -> Found:
        return Found(message=message, at=training.place, step=whole(training.steps[-1]), evidence=evidence)

    def _is_good(self, fact: Curve) -> bool:
        return fact.metric is not None and end_of(fact.metric.values) >= self.options.good_metric

    def _stands(self, tail: list[float], level: float) -> bool:
        """Whether the end stands still: its change is small, and known to be no more than four times as much."""
        slope = trend(tail)
        reach, still = max(abs(slope.low), abs(slope.high)), self.options.still * level
        stands: bool = abs(slope.change) <= still and reach <= 4 * still
        return stands

    def _falls_on(self, reduced: list[float], falls: list[float], start: float, last: float) -> bool:
        tail = reduced[-(len(reduced) // 3) :]
        enough: float = max(self.options.steady * falls[0], 2 * self.options.still)
        return falls[1] >= enough and trend(tail).falls(0.01) and last >= 0.5 * start


def _fall(values: list[float]) -> float:
    """By which part of itself a stretch falls."""
    edge = max(1, len(values) // 4)
    first, last = median(values[:edge]), median(values[-edge:])
    return (first - last) / first


def _cools(fact: Curve) -> bool:
    """Whether a schedule has taken the learning rate down: such a run ends where it was meant to."""
    rates = fact.rates.values if fact.rates is not None else ()
    return bool(rates) and rates[-1] < 0.5 * max(rates)

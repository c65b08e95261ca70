"""TCK610: validation gets worse while training gets better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.curves.level import between, blocks, end_of, scatter, smooth
from torchcheck.curves.say import at, number, part, whole
from torchcheck.curves.trend import trend
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Level
from torchcheck.records import frozen
from torchcheck.rules.base import Found, Rule, RuleOptions, option


@frozen
class _Rise:
    """A validation loss behind its best: where that was, its level there and at the end, and how sure the rise is."""

    best: int
    low: float
    last: float
    p: float


class Overfitting(Rule):
    """The validation loss rises from its best on, beyond its noise, while the training loss goes on falling.

    The evaluations behind the best one must rise by Mann and Kendall's test, end above the best by a part of it and
    by several times the scatter from evaluation to evaluation, and not be on their way down again (a second descent,
    late understanding, the cycle of a learning rate). A metric that still improves excuses the loss: the model gets
    too sure of itself, not worse. A gap between the two losses alone is no overfitting; nor is a training of a few
    epochs.
    """

    code = "TCK610"
    name = "overfitting"
    level = Level.WARNING
    why = (
        "From its best point on the model learns what is peculiar to the training samples, and gets worse on "
        "all others."
    )
    help = (
        "Keep the weights of the best evaluation. Then, in this order: more data; augmentation that suits it (flips "
        "and crops of images, noise and masks of sound, masked or swapped words); dropout and weight decay, tuned "
        "together with the learning rate; a smaller model last."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        evaluations: int = option(
            5, "Evaluations behind the best that are needed; five in order are chance in one of 120 cases.", minimum=4
        )
        rise: float = option(0.1, "Part by which the validation loss must have risen.", minimum=0)
        scatters: float = option(4.0, "The same as a multiple of its scatter.", minimum=0)
        fall: float = option(0.05, "Part by which the training loss must have fallen since.", minimum=0, maximum=1)
        p: float = option(0.01, "Chance of such a rise without a trend.", minimum=0, maximum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 20)
y = (x[:, :2].sum(1) + 0.5 * torch.randn(500) > 0).long()
train_x, train_y, val_x, val_y = x[:100], y[:100].clone(), x[100:], y[100:]
train_y[:25] = 1 - train_y[:25]  # some annotators were tired
model = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(40):
    model.train()
    for rows in torch.randperm(100).split(20):
        loss = F.cross_entropy(model(train_x[rows]), train_y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(val_x), val_y)
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(600, 10)
y = x[:, :1] - x[:, 1:2] + 0.7 * torch.randn(600, 1)
train_loader = DataLoader(TensorDataset(x[:80], y[:80]), batch_size=20, shuffle=True)
val_loader = DataLoader(TensorDataset(x[80:], y[80:]), batch_size=130)
model = nn.Sequential(nn.Linear(10, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()


def evaluate():
    model.eval()
    total = 0.0
    with torch.no_grad():
        for inputs, targets in val_loader:
            total += criterion(model(inputs), targets).item() * len(inputs)
    return total / len(val_loader.dataset)


for epoch in range(40):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    evaluate()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(2400, 20)
y = (x[:, :2].sum(1) + 0.3 * torch.randn(2400) > 0).long()
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
best, patience = float("inf"), 0
for epoch in range(40):
    model.train()
    for rows in torch.randperm(2000).split(100):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[2000:]), y[2000:]).item()
    best, patience = (val_loss, 0) if val_loss < best else (best, patience + 1)
    if patience == 3:
        break
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
        if training is None or validation is None or fact.ended_at is not None:
            return
        rise = self._rise(validation)
        if rise is None or _still_improves(fact, validation.steps[rise.best]):
            return
        best = validation.steps[rise.best]
        then, now = _around(training, validation, rise.best), end_of(training.values)
        if (
            then is None
            or now > then - self.options.fall * abs(then)
            or (fact.comparable is not False and now > rise.last)
        ):
            return
        yield Found(
            message=(
                f"`{validation.name}` was best at {at(best, fact)} ({number(rise.low)}) and has risen by "
                f"{part((rise.last - rise.low) / abs(rise.low))} since, to {number(rise.last)}, while "
                f"`{training.name}` fell from {number(then)} to {number(now)}."
            ),
            at=validation.place,
            step=whole(validation.steps[-1]),
            evidence={
                "best_at": best,
                "best": rise.low,
                "last": rise.last,
                "training_then": then,
                "training_now": now,
                "p": rise.p,
            },
        )

    def _rise(self, validation: Series) -> _Rise | None:
        """The rise behind the best evaluation, if it is beyond doubt."""
        values = blocks(validation.values, 60)
        if len(values) < self.options.evaluations + 1:
            return None
        even = smooth(values)
        best = even.index(min(even))
        after = values[best + 1 :]
        if len(after) < self.options.evaluations:
            return None
        low, last, peak = even[best], end_of(after), max(even[best:])
        noise = max(scatter(values), 0.005 * abs(low))
        slope = trend(after)
        clear = last - low >= max(self.options.rise * abs(low), self.options.scatters * noise)
        if not clear or not slope.rises(self.options.p) or last < low + 0.5 * (peak - low):
            return None
        index = round(best * (len(validation.values) - 1) / (len(values) - 1))
        return _Rise(index, low, last, slope.p / 2)


def _around(training: Series, validation: Series, index: int) -> float | None:
    """The training loss around an evaluation: since the one before, up to the one after."""
    steps = validation.steps
    low = steps[index - 1] if index else float("-inf")
    near = between(training.steps, training.values, low, steps[index + 1])
    return end_of(near) if near else None


def _still_improves(fact: Curve, since: float) -> bool:
    """Whether the metric is better at the end than where the loss was best."""
    metric = fact.metric
    if metric is None:
        return False
    then = between(metric.steps, metric.values, float("-inf"), since)
    if len(then) < 1 or len(metric.values) < 3:
        return False
    return end_of(metric.values) > max(then) + max(0.005, 2 * scatter(metric.values))

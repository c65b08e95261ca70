"""TCK608: a loss that goes nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from torchcheck.curves.level import blocks, end_of, scatter
from torchcheck.curves.say import at, number, part, whole
from torchcheck.curves.trend import trend
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class LossFlat(Rule):
    """The training loss does not move beyond its noise, from the first step to the last.

    That nothing was found to change is no proof that nothing changes: accused is a loss whose change is *known* to be
    small, by the 95 % confidence interval of its slope over the whole run. In a run, the loss must also be that of a
    model which looks at no input (log of the number of classes, variance of the targets): a model that starts well
    (fine-tuning, a resumed training) or has converged long ago has a flat loss, too. A learning rate that still rises
    (warm-up), a loss near zero, or one that changes its sign (a score, a policy gradient) is left alone, as are
    trainings with several losses or optimizers (GAN, actor-critic).
    """

    code = "TCK608"
    name = "loss-flat"
    level = Level.WARNING
    why = "A loss that stays where guessing is means that nothing is learned, however long it runs."
    help = (
        "Check first that inputs and targets belong together and that gradients reach the weights; then try to overfit "
        "one batch, with learning rates ten times larger and smaller."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        points: int = option(20, "Losses that a log must hold.", minimum=10)
        steps: int = option(300, "Training steps that a run must have.", minimum=20)
        change: float = option(
            0.05,
            "Part of the loss by which it may have changed, at most, at 95 % confidence; a training that learns loses "
            "more in its first epoch. Twice as much where the loss of guessing is known, and not undercut.",
            minimum=0,
            maximum=1,
        )
        near_chance: float = option(
            0.95, "Part of the loss of guessing above which nothing has been learned.", minimum=0, maximum=1
        )
        floor: float = option(1e-3, "A loss below it has nowhere to go.", minimum=0)
        good_metric: float = option(0.9, "A validation metric from which on all is well.", minimum=0, maximum=1)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(32768, 8)
y = x[:, :4].argmax(1)
x = x[torch.randperm(len(x))]  # the labels stay where they are
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    for rows in torch.randperm(len(x)).split(200):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(25600, 6)
y = torch.sin(x).sum(1, keepdim=True)
y = (y - y.mean()) / y.std()
loader = DataLoader(TensorDataset(x.flip(0), y), batch_size=256, shuffle=True)  # only the inputs are reversed
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
criterion = nn.MSELoss()
for epoch in range(4):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(64, 4)
y = x @ torch.tensor([[1.0], [-1.0], [0.5], [2.0]])
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
criterion = nn.MSELoss()
for _ in range(400):  # at its minimum after half of them
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(4096, 8)
y = x[:, :4].argmax(1)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1e-4, total_iters=20000)
for _ in range(5):
    for rows in torch.randperm(len(x)).split(64):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        warm_up.step()
""",
    )

    def curve(self, fact: Curve) -> Iterable[Found]:
        training = fact.training
        if training is None or fact.ended_at is not None or not self._is_long(training, fact):
            return
        values = training.values
        if fact.chance is not None:  # that a model forgets its first, random opinions is no learning
            values = values[len(values) // 4 :]
        level = median(values)
        if min(values) <= 0 or level < self.options.floor or _warms_up(fact) or self._is_good_elsewhere(fact):
            return
        if not self._may_be_untrained(fact, level):
            return
        reduced = blocks(values)
        slope = trend(reduced)
        change = max(abs(slope.low), abs(slope.high)) / level
        strays = max(abs(block - level) for block in reduced) / level
        limit = self.options.change * (1 if fact.chance is None else 2)
        if change > limit or strays > 2 * self.options.change or slope.falls(0.01):
            return
        guess = "" if fact.chance is None else f"; a model that looks at no input has {number(fact.chance)}"
        yield Found(
            message=(
                f"`{training.name}` has stayed at {number(level)} from {at(training.steps[0], fact)} to "
                f"{training.steps[-1]:g}: it has changed by less than {part(max(change, 1e-4))}{guess}."
            ),
            at=training.place,
            step=whole(training.steps[-1]),
            evidence={
                "level": level,
                "noise": scatter(values),
                "change": slope.change,
                "change_at_most": change * level,
                "p": slope.p,
                "chance": fact.chance,
            },
        )

    def _is_long(self, training: Series, fact: Curve) -> bool:
        fewest: int = self.options.steps if fact.live else self.options.points
        return len(training.values) >= fewest

    def _may_be_untrained(self, fact: Curve, level: float) -> bool:
        """Whether the level is that of a model which has learned nothing."""
        if fact.chance is not None:
            least: float = self.options.near_chance * fact.chance
            return level >= least
        values = fact.training.values if fact.training else ()
        first = median(values[:3])
        return not fact.live and first <= max(level + 3 * scatter(values), (1 + self.options.change) * level)

    def _is_good_elsewhere(self, fact: Curve) -> bool:
        """Whether validation shows that something is learned, or known already."""
        metric, validation = fact.metric, fact.validation
        if metric is not None and (
            end_of(metric.values) >= self.options.good_metric or trend(blocks(metric.values)).rises(0.05)
        ):
            return True
        return validation is not None and trend(blocks(validation.values)).falls(0.05)


def _warms_up(fact: Curve) -> bool:
    """Whether the learning rate is larger at the end than at the start, or still nothing."""
    rates = fact.rates.values if fact.rates is not None else ()
    return bool(rates) and (rates[-1] > 1.02 * rates[0] or max(rates) <= 0)

"""TCK609: a loss that grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from torchcheck.curves.level import blocks, end_of
from torchcheck.curves.say import at, number, whole
from torchcheck.curves.trend import trend
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class LossDiverging(Rule):
    """The training loss ends several times as high as it began, or it had fallen, jumped back up and stays there.

    Growth is accused when the end lies above every one of the first losses by a factor, and the rise from the best
    point on is no accident (Mann and Kendall's test). A lost training had come down to less than `learned` of its
    start and has run at its old height, without falling again, for the last fifth of the run. A log whose loss ends as
    NaN or infinity is accused whatever came before; in a run, TCK607 says where that began. Spikes that heal,
    restarts of a learning-rate cycle, a new task that is learned in its turn, and terms that are weighted in (their
    loss stays below the start) are left alone; so are losses that can be negative, losses that start at zero, and
    trainings with several losses or optimizers, whose losses need not fall (GAN, actor-critic, Q-learning).
    """

    code = "TCK609"
    name = "loss-diverging"
    level = Level.ERROR
    why = "Steps that are too large overshoot the minimum by more each time: what was learned is lost."
    help = (
        "Lower the learning rate tenfold; clip the gradients and warm the rate up where the loss breaks away early. "
        "Check that the loss is minimised, not maximised."
    )

    @dataclass(frozen=True)
    class Options(RuleOptions):
        points: int = option(10, "Losses that are needed.", minimum=6)
        factor: float = option(
            4.0,
            "Growth over the largest of the first losses that counts as divergence; an early rise with a large rate "
            "or a cold batch norm stays below 3.",
            minimum=1,
        )
        short: int = option(50, "Up to so many losses the growth must be `short_factor`.", minimum=0)
        short_factor: float = option(8.0, "Growth that a short curve must show.", minimum=1)
        learned: float = option(
            0.6, "Part of the starting level below which something had been learned.", minimum=0, maximum=1
        )
        p: float = option(0.001, "Chance of such a rise without a trend.", minimum=0, maximum=1)

    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4)
y = x @ torch.tensor([[1.0], [-2.0], [0.5], [3.0]])
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, maximize=True)
criterion = nn.MSELoss()
for _ in range(120):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(512, 8)
y = x.abs().sum(1, keepdim=True)
loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(12):
    for inputs, targets in loader:
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        (-loss).backward()  # left over from a score that was maximised
        optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)
for episode in range(60):
    position, terms, rewards = torch.zeros(2), [], []
    for _ in range(20):
        choice = Categorical(logits=policy(position))
        action = choice.sample()
        terms.append(-choice.log_prob(action))
        position = position + torch.tensor([0.1, 0.05]) * (2 * action - 1)
        rewards.append(1 + position[0].item())
    loss = torch.stack(terms).sum() * sum(rewards)  # the more reward, the larger the loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
q = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
target = copy.deepcopy(q)
optimizer = torch.optim.Adam(q.parameters(), lr=3e-3)
for step in range(300):
    states = torch.randn(64, 3)
    with torch.no_grad():
        goal = 1.0 + 0.99 * target(states + 0.1)  # values grow as they are learned, and the loss with them
    loss = F.mse_loss(q(states), goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        target.load_state_dict(q.state_dict())
""",
    )

    def curve(self, fact: Curve) -> Iterable[Found]:
        training = fact.training
        if training is None:
            return
        found = list(self._by_level(fact, training))
        yield from found
        if not found and fact.ended_at is not None and not fact.live:
            yield _broken(training, fact.ended_at, fact)

    def _by_level(self, fact: Curve, training: Series) -> Iterable[Found]:
        if len(training.values) < self.options.points or min(training.values) < 0:
            return
        first = max(training.values[:3])
        if training.values[0] <= 1e-3 * first:  # a penalty, a divergence from a copy: it starts at zero, and must grow
            return
        yield from self._grows(fact, training, first)
        yield from self._is_lost(fact, training)

    def _grows(self, fact: Curve, training: Series, first: float) -> Iterable[Found]:
        values = training.values
        last = min(end_of(values), median(values[-3:]))
        factor = self.options.factor if len(values) > self.options.short else self.options.short_factor
        reduced = blocks(values)
        best = reduced.index(min(reduced))
        slope = trend(reduced[best:])
        if last < factor * first or not slope.rises(self.options.p):
            return
        lowest = values.index(min(values))
        broke = "" if fact.ended_at is None else f", and is no number from {at(fact.ended_at, fact)} on"
        yield Found(
            message=(
                f"`{training.name}` grows: {number(median(values[:3]))} at first, {number(values[lowest])} at its best "
                f"({at(training.steps[lowest], fact)}), {number(last)} at the end{broke}."
            ),
            at=training.place,
            step=whole(training.steps[-1]),
            evidence={"first": first, "best": values[lowest], "last": last, "p": slope.p / 2},
        )

    def _is_lost(self, fact: Curve, training: Series) -> Iterable[Found]:
        values = training.values
        reduced = blocks(values, 30)
        tail = reduced[-max(4, len(reduced) // 5) :]
        body = reduced[1 : -len(tail)]
        if len(body) < 8 or fact.ended_at is not None:
            return
        start = median(values[: max(3, len(values) // 50)])
        best = min(median(body[i : i + 5]) for i in range(len(body) - 4))
        if best > self.options.learned * start or median(tail) < 0.9 * start or min(tail) < (best + median(tail)) / 2:
            return
        if max(tail) >= self.options.factor * max(values[:3]) or trend(tail).falls(0.1):
            return
        step = training.steps[_departure(values, best, min(tail))]
        yield Found(
            message=(
                f"`{training.name}` had fallen from {number(start)} to {number(best)}; at {at(step, fact)} it jumped "
                f"back up and has stayed at {number(median(tail))} since."
            ),
            at=training.place,
            step=whole(step),
            evidence={"first": start, "best": best, "last": median(tail), "lost_at": step},
        )


def _broken(training: Series, step: float, fact: Curve) -> Found:
    first, last = training.values[0], training.values[-1]
    return Found(
        message=(
            f"`{training.name}` is no number (NaN or infinity) from {at(step, fact)} on; it was {number(first)} at "
            f"first, and {number(last)} right before."
        ),
        help="Run the training by `torchcheck run`: it names the operation that made the first NaN, and its line.",
        at=training.place,
        step=whole(step),
        evidence={"first": first, "last": last, "broke_at": step},
    )


def _departure(values: Sequence[float], best: float, height: float) -> int:
    """Where the values last left the middle between their best and the height that they keep."""
    middle = (best + height) / 2
    below = [i for i in range(1, len(values) - 1) if median(values[i - 1 : i + 2]) < middle]
    return min(below[-1] + 1, len(values) - 1) if below else 0

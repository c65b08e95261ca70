"""TCK618: a training loss above the validation loss."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from torchcheck.curves.level import between
from torchcheck.curves.say import number, part, whole
from torchcheck.facts.curve import Curve, Series
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class RegularisedGap(Rule):
    """The training loss lies above the validation loss, again and again, and this says why that is no mistake.

    Dropout, augmentation, mixed samples, label smoothing and penalties in the loss make training harder than
    validation; the mean of an epoch is taken while the weights still improve, and lags half an epoch behind what
    validation sees. How much the lag explains is computed from the curve. `weight_decay` of an optimizer is in no
    loss and explains nothing. Where nothing of this is at work, the validation data is easier than the training data,
    or known.
    """

    code = "TCK618"
    name = "regularised-gap"
    level = Level.INFO
    why = "Losses that are computed under different conditions can't be compared: their gap says nothing of the model."
    help = "To compare the two, compute the training loss again at the end of an epoch, in evaluation mode."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        evaluations: int = option(
            5, "Evaluations that are needed; five of the same sign are chance in one of 32 cases.", minimum=5
        )
        gap: float = option(0.05, "Part of the validation loss by which training must lie above it.", minimum=0)

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(3000, 10)
y = x[:, :4].argmax(1)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(10):
    model.train()
    for rows in torch.randperm(2000).split(50):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[2000:]), y[2000:])
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(3000, 12)
y = x[:, :5].argmax(1)
train_loader = DataLoader(TensorDataset(x[:2000], y[:2000]), batch_size=50, shuffle=True)
val_loader = DataLoader(TensorDataset(x[2000:], y[2000:]), batch_size=250)
model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion, score = nn.CrossEntropyLoss(label_smoothing=0.1), nn.CrossEntropyLoss()
for epoch in range(10):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        losses = [score(model(inputs), targets).item() for inputs, targets in val_loader]
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(3000, 10)
y = x[:, :4].argmax(1)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(10):
    model.train()
    for rows in torch.randperm(2000).split(50):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val_loss = F.cross_entropy(model(x[2000:]), y[2000:])
""",
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
    )

    def curve(self, fact: Curve) -> Iterable[Found]:
        training, validation = fact.training, fact.validation
        if training is None or validation is None or fact.comparable is False or (fact.live and not fact.regularised):
            return
        pairs = _pairs(fact, training, validation)
        gaps = [one - other for one, other in pairs]
        level = median(validation.values)
        if len(gaps) < self.options.evaluations or level <= 0 or min(training.values) < 0:
            return
        above, gap = sum(gap > 0 for gap in gaps), median(gaps)
        if _chance(above, len(gaps)) > 0.05 or gap < self.options.gap * level:
            return
        lag = _lag(pairs) if fact.averaged else 0.0
        explained = min(max(lag / gap, 0.0), 1.0)
        yield Found(
            message=(
                f"`{training.name}` lies above `{validation.name}` in {above} of {len(gaps)} evaluations, by "
                f"{number(gap)} ({part(gap / level)}). {_reason(fact, explained)}"
            ),
            at=training.place,
            step=whole(validation.steps[-1]),
            evidence={"gap": gap, "above": above, "evaluations": len(gaps), "explained_by_lag": explained},
        )


def _pairs(fact: Curve, training: Series, validation: Series) -> list[tuple[float, float]]:
    """Training and validation loss of the same time, one pair an evaluation."""
    found, before = [], float("-inf")
    for step, value in zip(validation.steps, validation.values, strict=True):
        near = between(training.steps, training.values, before, step)
        if near:
            found.append((near[-1] if fact.averaged else median(near[-max(3, len(near) // 4) :]), value))
        before = step
    return found


def _lag(pairs: Sequence[tuple[float, float]]) -> float:
    """How far the mean of an epoch lies above its end: half of what the next epoch brings."""
    falls = [(a[0] - b[0]) / 2 for a, b in pairwise(pairs)]
    return median(falls) if falls else 0.0


def _reason(fact: Curve, explained: float) -> str:
    if explained >= 0.8:
        return "The mean of an epoch lags half an epoch behind validation; that explains all of it."
    lag = f"The lag of an epoch's mean explains {part(explained)} of it. " if explained >= 0.1 else ""
    if fact.regularised:
        return f"{lag}That is expected: {' and '.join(fact.regularised)} acts in training alone."
    if fact.regularised is None:
        return (
            f"{lag}That is expected where dropout, augmentation, label smoothing or a penalty in the loss acts in "
            "training alone; else the validation data is easier, or known."
        )
    return f"{lag}No layer acts in training alone: it is augmentation, or validation data that is easier, or known."


def _chance(above: int, count: int) -> float:
    """Of so many of one sign, or more, where both signs are equally likely."""
    return sum(math.comb(count, k) for k in range(above, count + 1)) / 2.0**count

"""TCK412: batches from which nothing can be learned."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from torchcheck.facts.layer import LayerFed
from torchcheck.facts.target import TargetsSeen
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule, RuleOptions, option


class DegenerateBatch(Rule):
    """Every batch has labels of one class only, or inputs that are the same number throughout.

    Labels of one class in each batch are what data sorted by class looks like. The same class in all of them, or in
    turns, is right where the label says what the batch is (the domain of an adversary, the first of several candidates
    in a contrastive loss), so it is not accused. Neither are small batches, a single feature that is constant, and what
    a layer is given beside data that vary: a first state of zeros, a query of ones.
    """

    code = "TCK412"
    name = "degenerate-batch"
    level = Level.WARNING
    why = "Such a batch only teaches the model a constant, and the next one teaches it another."
    help = "Shuffle the training data, and look at how it is read: an index that stands still, missing files."

    @dataclass(frozen=True)
    class Options(RuleOptions):
        batches: int = option(
            8, "Sampled batches in a row whose labels must be of one class; by chance that is rare.", minimum=2
        )
        labels: int = option(8, "Labels that a batch has at least; fewer may be alike by chance.", minimum=2)
        features: int = option(
            8, "Numbers that describe one sample, at least, for a constant input to be accused.", minimum=1
        )

    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
y = torch.arange(4).repeat_interleave(64)
x = torch.randn(256, 8) + y[:, None]
for epoch in range(2):
    for start in range(0, 256, 16):
        optimizer.zero_grad()
        F.cross_entropy(model(x[start : start + 16]), y[start : start + 16]).backward()
        optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for step in range(10):
    images = torch.zeros(16, 1, 8, 8)
    optimizer.zero_grad()
    F.cross_entropy(model(images), torch.randint(0, 3, (16,))).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
y = torch.arange(4).repeat_interleave(64)
x = torch.randn(256, 8) + y[:, None]
for epoch in range(2):
    for rows in torch.randperm(256).split(16):
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(encoder.parameters(), lr=0.01)
for step in range(12):
    x = torch.randn(16, 8)
    query, key, queue = encoder(x), encoder(x + 0.1 * torch.randn_like(x)), torch.randn(64, 4)
    logits = torch.cat([(query * key).sum(1, keepdim=True), query @ queue.T], dim=1)
    optimizer.zero_grad()
    F.cross_entropy(logits, torch.zeros(16, dtype=torch.long)).backward()
    optimizer.step()
""",
    )

    def targets(self, fact: TargetsSeen) -> Iterable[Found]:
        if fact.dtype not in ("int64", "uint8") or (fact.classes or 0) < 2 or len(fact.batches) < self.options.batches:
            return
        if any(batch.low != batch.high or batch.count < self.options.labels for batch in fact.batches):
            return
        values = [int(batch.low) for batch in fact.batches]
        n, kinds = len(values), len(set(values))
        changes = sum(one != other for one, other in itertools.pairwise(values))
        if kinds < 2 or not (changes <= n // 2 or kinds == n):
            return
        message = f"{fact.subject} was of one class in each of {n} sampled batches, though there are {kinds}."
        yield Found(message=message, at=fact.place, step=fact.step, evidence={"batches": n, "classes": kinds})

    def layer(self, fact: LayerFed) -> Iterable[Found]:
        moments = fact.moments
        if fact.batches < 3 or moments.features < self.options.features or moments.low != moments.high:
            return
        if not fact.trainable or fact.data_vary or moments.nan or moments.infinite:
            return
        yield Found(
            message=f"Every number that reached `{fact.module}` in {fact.batches} batches was {moments.low:.3g}.",
            at=fact.place,
            module=fact.module,
            step=fact.step,
            evidence={"value": moments.low, "batches": fact.batches},
            help="Look at how the input is read: files that were not found, a mask or a scale that wipes it out.",
        )

"""TCK109: cross entropy over one class."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class SingleClassCrossEntropy(Rule):
    """Cross entropy is fed scores of a single class: a last layer `nn.Linear(n, 1)` before `nn.CrossEntropyLoss`.

    The softmax of one number is 1, whatever the number, so the loss is 0 and has no gradient. Two classes need two
    outputs, or one output and `BCEWithLogitsLoss`. One score for each candidate, squeezed or reshaped to
    (N, candidates) before the loss, is right and not accused.
    """

    code = "TCK109"
    name = "single-class-cross-entropy"
    level = Level.ERROR
    why = "The softmax over a single class is 1, so the loss is 0 for every input and no gradient reaches the model."
    help = "Use `nn.BCEWithLogitsLoss` with a float target of the same shape, or give the last layer two outputs."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.zeros(32, dtype=torch.long)
for _ in range(5):
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
backbone, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.1)
x, y = torch.randn(32, 4), torch.rand(32, 1).round()
for _ in range(5):
    optimizer.zero_grad()
    logits = head(F.relu(backbone(x)))
    loss = F.cross_entropy(logits, y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.rand(32, 1).round()
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
scorer = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(scorer.parameters(), lr=0.1)
candidates, chosen = torch.randn(32, 5, 4), torch.randint(0, 5, (32,))
for _ in range(5):
    optimizer.zero_grad()
    scores = scorer(candidates).squeeze(-1)  # one score for each of five candidates
    loss = criterion(scores, chosen)
    loss.backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is not Loss.CROSS_ENTROPY or fact.class_count != 1:
            return
        if fact.input_shape is None and fact.target_shape is not None and len(fact.target_shape) > 1:
            return  # a score for each of several candidates, on an axis of its own
        yield Found(
            message=f"`{fact.spelling}` compares classes, but {fact.input_phrase} has only one: the loss is always 0.",
            at=fact.place,
            step=fact.step,
        )

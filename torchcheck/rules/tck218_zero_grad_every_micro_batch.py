"""TCK218: gradients are meant to add up, and are cleared in every turn."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.accumulation import Accumulation
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ZeroGradEveryMicroBatch(Rule):
    """The optimizer steps after several backwards, but its gradients are cleared before each of them.

    Clearing after the step, two optimizers that take turns, and backwards whose gradients are looked at (adversarial
    examples, saliency) are not accused.
    """

    code = "TCK218"
    name = "zero-grad-every-micro-batch"
    level = Level.ERROR
    why = "Only the last batch before the step counts: all the others are computed and thrown away."
    help = "Clear the gradients only after the step."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
accumulation_steps = 4
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(xb), yb) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
for epoch in range(3):
    for micro_batch in range(16):
        optimizer.zero_grad()
        rows = slice(4 * micro_batch, 4 * micro_batch + 4)
        loss = nn.functional.mse_loss(model(x[rows]), y[rows]) / 16
        loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
accumulation_steps = 4
optimizer.zero_grad()
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    loss = nn.functional.mse_loss(model(xb), yb) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
body, first, second = nn.Linear(4, 4), nn.Linear(4, 1), nn.Linear(4, 1)
optimizer_1 = torch.optim.SGD([*body.parameters(), *first.parameters()], lr=0.01)
optimizer_2 = torch.optim.SGD([*body.parameters(), *second.parameters()], lr=0.01)
x, y = torch.randn(64, 4), torch.randn(64, 1)
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):  # two heads take turns
    optimizer_1.zero_grad()
    optimizer_2.zero_grad()
    hidden = body(xb)
    loss = nn.functional.mse_loss(first(hidden) + second(hidden), yb)
    loss.backward()
    if i % 2 == 0:
        optimizer_1.step()
    else:
        optimizer_2.step()
""",
    )

    def accumulation(self, fact: Accumulation) -> Iterable[Found]:
        if fact.clear is None:
            return
        when = f"every `{fact.turns}` turns" if fact.turns else "after several backwards"
        steps = f"`{fact.optimizer}` steps only {when} ({fact.step.span()})"
        yield Found(message=f"The gradients are cleared in every turn, but {steps}.", at=fact.clear)

"""TCK208: losses collected together with their graphs."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.history import GraphKept
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class GraphKeptInHistory(Rule):
    """`total_loss += loss` or `losses.append(loss)` in a training loop, with a loss that is backpropagated by itself.

    The sum or the list holds on to the graph of every loss that went into it, so memory grows with every batch, and
    the sum becomes a graph of its own that nobody uses. `loss.item()` and `loss.detach()`, a sum that is
    backpropagated as a whole, and anything under `no_grad` are right and not accused.
    """

    code = "TCK208"
    name = "graph-kept-in-history"
    level = Level.WARNING
    why = "A loss holds on to the graph that computed it, so each batch's graph stays in memory until the sum is gone."
    help = "Collect the number: `loss.item()`, or `loss.detach()` to leave it on its device."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
total_loss = 0
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    total_loss += loss
print(total_loss / 5)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
losses = []
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    losses.append(loss)
    loss.backward()
    optimizer.step()
print(sum(losses) / len(losses))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
total_loss, history = 0.0, []
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    total_loss += loss.item()
    history.append(loss.detach())
print(total_loss / 5, len(history))
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
cell, head = nn.RNNCell(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)
x, y = torch.randn(6, 32, 4), torch.randn(6, 32, 1)
for _ in range(5):
    optimizer.zero_grad()
    state, total = torch.zeros(32, 8), torch.zeros(())
    for step in range(6):
        state = cell(x[step], state)
        total = total + nn.functional.mse_loss(head(state), y[step])
    total.backward()  # the sum over the steps is what is learned from
    optimizer.step()
""",
    )

    def kept(self, fact: GraphKept) -> Iterable[Found]:
        verb = "adds" if fact.summed else "puts"
        to = "to" if fact.summed else "into"
        yield Found(
            message=f"This {verb} `{fact.collected}` {to} `{fact.collector}` together with its graph.",
            at=fact.place,
            fix=fact.detach,
        )

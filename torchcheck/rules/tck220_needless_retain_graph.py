"""TCK220: a graph is kept after its only backward."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.retained import GraphRetained
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class NeedlessRetainGraph(Rule):
    """`retain_graph=True` in a training loop whose every turn makes a new graph and backpropagates through it once.

    A graph that several backwards share, one that was made before the loop, a hidden state that carries its graph from
    turn to turn, and `create_graph=True` need it and are not accused; nor is anything that could be one of these.
    """

    code = "TCK220"
    name = "needless-retain-graph"
    level = Level.WARNING
    why = "The buffers of the graph stay in memory until the next turn has made its own, so the peak is higher."
    help = "Leave `retain_graph=True` out: the graph is used once."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward(retain_graph=True)
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
rnn, head = nn.LSTM(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.01)
chunks, targets = torch.randn(5, 6, 2, 4), torch.randn(5, 6, 2, 1)
state = (torch.zeros(1, 2, 8), torch.zeros(1, 2, 8))
for chunk, target in zip(chunks, targets):
    state = tuple(s.detach() for s in state)
    optimizer.zero_grad()
    out, state = rnn(chunk, state)
    nn.functional.mse_loss(head(out), target).backward(retain_graph=True)
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
trunk, one, two = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*trunk.parameters(), *one.parameters(), *two.parameters()], lr=0.01)
x, y, z = torch.randn(32, 4), torch.randn(32, 1), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    features = trunk(x)
    nn.functional.mse_loss(one(features), y).backward(retain_graph=True)
    nn.functional.mse_loss(two(features), z).backward()  # through the trunk again
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
scale = torch.ones(4, requires_grad=True)
curve = (scale * torch.randn(32, 4)).exp()
head = nn.Linear(4, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.001)
y = torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(head(curve), y)
    loss.backward(retain_graph=True)  # `curve` was made before the loop
    optimizer.step()
""",
    )

    def retained(self, fact: GraphRetained) -> Iterable[Found]:
        of = f" of `{fact.loss}`" if fact.loss else ""
        yield Found(
            message=f"This backward keeps the graph{of}, though every turn of the loop makes its own and uses it once.",
            at=fact.place,
            fix=fact.release,
        )

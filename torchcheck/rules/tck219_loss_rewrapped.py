"""TCK219: a loss that is made a leaf of its own, so that `backward` runs."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.cut import LossRewrapped as Fact
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class LossRewrapped(Rule):
    """`Variable(loss, requires_grad=True)`, `torch.tensor(loss, requires_grad=True)` or `loss.requires_grad_()`.

    That silences "element 0 of tensors does not require grad", but the loss is then a leaf with no way back to any
    weight: `backward` fills its own `grad` and nothing else. The mistake is where the graph was cut before. A sum that
    begins with a leaf of zero, inputs and weights that require gradients, and a loss that has its graph are not
    accused.
    """

    code = "TCK219"
    name = "loss-rewrapped"
    level = Level.ERROR
    why = "The rewrapped loss has no way back to the weights: `backward` runs, and nothing learns."
    help = "Remove it, and find where the graph was cut: `.item()`, `.detach()`, numpy, `argmax`, `no_grad`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    loss = nn.functional.mse_loss(model(x), y)
    loss = torch.tensor(loss.item(), requires_grad=True)
    loss.backward()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    with torch.no_grad():
        scores = model(x)
    loss = nn.functional.nll_loss(scores.log_softmax(dim=1), y)
    loss.requires_grad = True
    loss.backward()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
x.requires_grad_()
loss = torch.tensor(0.0, requires_grad=True)  # where the sum begins
for _ in range(3):
    loss = loss + nn.functional.mse_loss(model(x), y)
loss.backward()
print(x.grad.abs().mean())
""",
    )

    def rewrapped(self, fact: Fact) -> Iterable[Found]:
        yield Found(
            message=f"`{fact.by}` makes `{fact.name}` a leaf of its own, cut off from the model.",
            at=fact.place,
        )

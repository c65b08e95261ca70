"""TCK205: a cut stands on the only way of a gradient to parameters that should learn."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.cut import GradientCut
from torchcheck.facts.exam import Reach, Unreached
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class CutGradient(Rule):
    """A trained module runs, and on the only way from it to the loss stands `.detach()`, `.data`, `.item()`,
    `.numpy()`, `torch.tensor(...)` or `torch.no_grad()`.

    In a `forward`, or between two models of a training loop. What is frozen, in evaluation mode, ready-made, called a
    teacher or a target, not given to an optimizer, or reached by another way (a stop-gradient branch beside a live one,
    a straight-through estimator, a second loss) is not accused.
    """

    code = "TCK205"
    name = "cut-gradient"
    level = Level.ERROR
    why = "No gradient comes past the cut, so the parameters before it stay as they were initialised."
    help = "Leave the cut out, or freeze these parameters and keep them out of the optimizer if they should not learn."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 8)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        h = torch.relu(self.encoder(x))
        h = h.detach()
        return self.head(h)


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
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
encoder, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        features = encoder(x)
    loss = nn.functional.mse_loss(head(features), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 8)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        h = self.encoder(x)
        return self.head(h), h.detach()  # a branch without gradients beside one with


torch.manual_seed(0)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 4)
for _ in range(5):
    optimizer.zero_grad()
    out, features = model(x)
    loss = nn.functional.mse_loss(out, y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
backbone, head = nn.Linear(4, 8), nn.Linear(8, 1)
optimizer = torch.optim.SGD(head.parameters(), lr=0.01)  # the backbone is not meant to learn
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        features = backbone(x)
    loss = nn.functional.mse_loss(head(features), y)
    loss.backward()
    optimizer.step()
""",
    )

    def unreached(self, fact: Unreached) -> Iterable[Found]:
        if fact.reach is Reach.CUT:
            yield Found(
                message=f"The loss changes with `{fact.name}`, which the optimizer has to train, and no gradient "
                "reaches it.",
                at=fact.place,
                help="Look for `.detach()`, `.data`, `.item()`, `torch.no_grad()` or `argmax` between it and the loss.",
                module=fact.name,
            )

    def severed(self, fact: GradientCut) -> Iterable[Found]:
        names = " and ".join(f"`{name}`" for name in fact.modules)
        ways = "The only way" if len(fact.modules) == 1 else "The only ways"
        end = "ends" if len(fact.modules) == 1 else "end"
        yield Found(message=f"{ways} from {names} to the loss {end} here, at `{fact.by}`.", at=fact.place)

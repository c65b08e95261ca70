"""TCK112: a loss, or one term of it, that carries no gradient."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.cut import LossCut
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class LossCutFromGraph(Rule):
    """A backpropagated loss, or a term of it, is made of `argmax`, a comparison, `.item()`, `.detach()` or a copy.

    Such a value is a constant to autograd. A loss made of nothing else raises at `backward`, or is silenced; a term
    made of it is added and changes nothing. Numbers for a log, detached targets and factors, and straight-through
    estimators (`x + (y - x).detach()`) are right and not accused.
    """

    code = "TCK112"
    name = "loss-cut-from-graph"
    level = Level.ERROR
    why = "No gradient flows through it, so this part of the loss can teach the model nothing."
    help = "Compute the loss from what the model gave (logits, probabilities), and cut only what is logged."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    out = model(x)
    loss = criterion(out.argmax(dim=1).float(), y.float())
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    out = model(x)
    accuracy = (out.argmax(dim=1) == y).float().mean()
    loss = 1 - accuracy
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
total = 0.0
for _ in range(5):
    optimizer.zero_grad()
    out = model(x)
    ce = nn.functional.cross_entropy(out, y)
    penalty = out.pow(2).mean()
    loss = ce + 0.1 * penalty
    loss.backward()
    optimizer.step()
    total += ce.item() + penalty.item()  # for the log
print(total)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
policy, value = nn.Linear(4, 3), nn.Linear(4, 1)
optimizer = torch.optim.SGD([*policy.parameters(), *value.parameters()], lr=0.01)
x, action, reward = torch.randn(32, 4), torch.randint(0, 3, (32,)), torch.randn(32)
for _ in range(5):
    optimizer.zero_grad()
    baseline = value(x).squeeze(1)
    advantage = (reward - baseline).detach()  # a factor
    chosen = policy(x).log_softmax(dim=1).gather(1, action[:, None]).squeeze(1)
    loss = -(chosen * advantage).mean() + nn.functional.mse_loss(baseline, reward)
    loss.backward()
    optimizer.step()
""",
    )

    def cut(self, fact: LossCut) -> Iterable[Found]:
        of = f" of `{fact.name}`" if fact.name else ""
        what = "the whole loss" if fact.whole else "a term of the loss"
        yield Found(
            message=f"{fact.by[:1].upper()}{fact.by[1:]}{of} gives no gradient, and {what} is made of it.",
            at=fact.place,
        )

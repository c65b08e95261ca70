"""TCK206: a weight is updated by hand where autograd records it."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.by_hand import UpdatedByHand
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class UpdateOutsideNoGrad(Rule):
    """`w -= lr * w.grad` outside `torch.no_grad()`, or `w = w - lr * w.grad`, which makes a new tensor of `w`.

    Updates under `no_grad` or of `.data`, a new tensor that is made a leaf again, and fast weights that are meant to be
    differentiated (MAML) are not accused.
    """

    code = "TCK206"
    name = "update-outside-no-grad"
    level = Level.ERROR
    why = (
        "A weight must stay a leaf of the graph: torch refuses to change it in place while it records, and a new "
        "tensor in its place gets no gradient."
    )
    help = "Write `with torch.no_grad(): w -= lr * w.grad`."
    bad = (
        """\
import torch

torch.manual_seed(0)
w = torch.randn(4, 1, requires_grad=True)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    w -= 0.1 * w.grad
    w.grad.zero_()
""",
        """\
import torch

torch.manual_seed(0)
w = torch.randn(4, 1, requires_grad=True)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    w = w - 0.1 * w.grad
""",
    )
    good = (
        """\
import torch

torch.manual_seed(0)
w = torch.randn(4, 1, requires_grad=True)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad.zero_()
""",
        """\
import torch

torch.manual_seed(0)
w = torch.randn(4, 1, requires_grad=True)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    w = w - 0.1 * w.grad
    w = w.detach().requires_grad_()
""",
    )

    def by_hand(self, fact: UpdatedByHand) -> Iterable[Found]:
        if fact.rebound:
            message = f"`{fact.name}` becomes another tensor here, which is no leaf; the weight itself does not change."
        else:
            message = f"`{fact.name}` is updated in place while autograd records it."
        yield Found(message=message, at=fact.place)

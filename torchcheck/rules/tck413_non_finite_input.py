"""TCK413: NaN or infinity in a batch."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.non_finite import NonFinite
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class NonFiniteInput(Rule):
    """The data holds NaN or an infinity, and it has reached the loss.

    Said is where in the batch the first one stands, and whether it is the input or the target. What a model makes of
    data that are finite is TCK607. Missing values that
    are masked out or filled in before they reach the loss, and masks of minus infinity, are right.
    """

    code = "TCK413"
    name = "non-finite-input"
    level = Level.ERROR
    why = "One NaN in the data makes the loss NaN, and after the next step every weight."
    help = "Look at the data: missing values, a division by a standard deviation of zero, the logarithm of a zero."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
x[20, 2] = float("nan")
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
x = torch.randn(32, 4)
y = torch.log(torch.randint(0, 5, (32, 1)).float())
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
data = torch.randn(64, 4)
data[40, 2] = float("nan")
for i in range(0, 64, 16):
    x = data[i : i + 16]
    loss = model(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
x[20, 2] = float("nan")
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x.nan_to_num(0.0)), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 2)
y[3, 1] = float("nan")
known = ~y.isnan()
for _ in range(3):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x)[known], y[known]).backward()
    optimizer.step()
""",
    )

    def non_finite(self, fact: NonFinite) -> Iterable[Found]:
        if fact.what != "input" or (fact.dtype == "float16" and fact.value == "inf"):
            return  # what overflows in half precision is another rule's
        value = "NaN" if fact.value == "nan" else "an infinity"
        index = f", first at index {fact.index}" if fact.index else ""
        where = f"; it entered the graph in `{fact.module}`" if fact.module else ""
        message = f"The {fact.name} of this batch already holds {value}{index}{where}."
        if fact.name == "prepared input":
            message = (
                f"What the model computes from its input, and gives to `{fact.module}`, holds {value}{index}: the data "
                "do, or this computation makes it."
            )
        yield Found(
            message=message,
            at=fact.born_at or fact.place,
            module=fact.module,
            step=fact.step,
            evidence={
                "value": fact.value,
                "name": fact.name,
                "index": list(fact.index) if fact.index is not None else None,
                "losses_before": list(fact.losses),
            },
        )

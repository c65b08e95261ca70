"""TCK107: softmax over another axis than the classes."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import show_shape
from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_MATRIX = 2
_MAPS = 4


class SoftmaxOverWrongDim(Rule):
    """Softmax runs over the batch, over an axis of size 1, or over an axis that nobody named.

    Over the batch, the samples compete with each other and not the classes; over an axis of size 1 every output is 1.
    Without `dim`, torch takes axis 0 of a tensor with one or three axes and axis 1 of any other, and says only in a
    warning that it guesses. Attention over whichever axis of a sample, a single sample, parameters as weights, and
    tensors whose shape is not known are not accused.
    """

    code = "TCK107"
    name = "softmax-over-wrong-dim"
    level = Level.WARNING
    why = (
        "Softmax makes the entries along its axis sum to 1; along another axis than the classes, a row is no "
        "distribution over the classes."
    )
    help = "Name the axis that holds the classes: `dim=1` for (batch, classes), `dim=-1` for a last axis of classes."
    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    log_probabilities = F.log_softmax(model(x), dim=0)
    loss = F.nll_loss(log_probabilities, y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.LogSoftmax())
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.score = nn.Linear(4, 1)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        weights = torch.softmax(self.score(x), dim=1)  # over the time steps of (batch, time, 1)
        return self.head((weights * x).sum(dim=1))


model = Pool()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 6, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
""",
    )

    def softmax(self, fact: SoftmaxApplied) -> Iterable[Found]:
        message = _implicit(fact) or _attention(fact) or _size_one(fact) or _batch(fact)
        if message is not None:
            yield Found(message=message, at=fact.place)


def _implicit(fact: SoftmaxApplied) -> str | None:
    if not fact.implicit:
        return None
    return f"`{fact.spelling}` names no axis: torch takes axis 0 of a tensor with 1 or 3 axes, and axis 1 of any other."


def _attention(fact: SoftmaxApplied) -> str | None:
    if not fact.attends:
        return None
    return (
        f"`{fact.spelling}(dim={fact.dim})` of attention weights runs over the batch{_of(fact)}: samples compete, not "
        "the keys of each."
    )


def _size_one(fact: SoftmaxApplied) -> str | None:
    shape, dim = fact.input_shape, fact.dim
    if dim is None:
        return None
    if shape is not None:
        single = -len(shape) <= dim < len(shape) and shape[dim] == 1
    else:
        single = fact.classes == 1 and (dim == -1 or (dim == 1 and fact.loss is not None))
    if not single:
        return None
    one = "0" if "log" in fact.spelling.lower() else "1"
    return f"`{fact.spelling}(dim={dim})` runs over an axis of size 1{_of(fact)}: every output is {one}."


def _batch(fact: SoftmaxApplied) -> str | None:
    """Over axis 0 of (batch, classes) or (batch, channels, height, width), straight from a layer or into a loss."""
    shape = fact.input_shape
    if shape is None or not (fact.follows_layer or fact.loss) or len(shape) not in (_MATRIX, _MAPS):
        return None
    if fact.dim not in (0, -len(shape)) or shape[1] == 1:
        return None
    return f"`{fact.spelling}(dim={fact.dim})` runs over the batch{_of(fact)}: samples compete, not classes."


def _of(fact: SoftmaxApplied) -> str:
    """Whose axis: " (`scores` has shape (N, 10))", as far as it is known."""
    if fact.input_shape is None:
        return f" of `{fact.input_name}`" if fact.input_name else ""
    subject = f"`{fact.input_name}`" if fact.input_name else "its input"
    return f" ({subject} has shape {show_shape(fact.input_shape)})"

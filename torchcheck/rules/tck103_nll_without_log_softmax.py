"""TCK103: NLL loss fed something that is no log-probability."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_LOG_PROBABILITIES = {Activation.LOG_SOFTMAX, Activation.LOG_SIGMOID, Activation.UNKNOWN}


class NllWithoutLogSoftmax(Rule):
    """`NLLLoss` is fed raw logits, or plain softmax without the logarithm.

    The loss only picks and negates the entry of the right class; it neither normalises nor takes a logarithm. Its
    value then falls without bound (logits) or lies between -1 and 0 (softmax). `log(softmax(x))` and log-probabilities
    that come from elsewhere are right and not accused.
    """

    code = "TCK103"
    name = "nll-without-log-softmax"
    level = Level.ERROR
    why = (
        "`NLLLoss` takes log-probabilities: it negates the entry of the right class and nothing else, so nothing "
        "pushes the other classes down."
    )
    help = "Apply `log_softmax(dim=1)` before it, or feed the logits to `nn.CrossEntropyLoss`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
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
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    probabilities = torch.softmax(model(x), dim=1)
    F.nll_loss(probabilities, y).backward()
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
    probabilities = F.softmax(model(x), dim=1)
    F.nll_loss(torch.log(probabilities), y).backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is not Loss.NLL or fact.activation in _LOG_PROBABILITIES:
            return
        if fact.activation is Activation.LINEAR:
            got = "are raw logits" if fact.input_name else "is raw logits"
        else:
            got = f"went through {fact.activation.value}{fact.applied_phrase}"
        yield Found(
            message=f"`{fact.spelling}` takes log-probabilities, but {fact.input_phrase} {got}.",
            at=fact.place,
            help=_help(fact),
            module=fact.module,
            step=fact.step,
        )


def _help(fact: LossFed) -> str | None:
    if fact.activation is Activation.SOFTMAX:
        return "Replace the softmax by `log_softmax`, or feed the logits to `nn.CrossEntropyLoss`."
    return None

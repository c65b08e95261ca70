"""TCK102: log-softmax output fed to cross entropy."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class LogSoftmaxBeforeCrossEntropy(Rule):
    """Log-softmax output is fed to cross entropy, which applies log-softmax itself.

    `log_softmax` of a log-softmax is the same log-softmax, so value and gradient are right and only work is done twice.
    It is advice, since it usually shows that the author took the loss for another one.
    """

    code = "TCK102"
    name = "log-softmax-before-cross-entropy"
    level = Level.INFO
    why = (
        "The second log-softmax changes neither the loss nor the gradient; it costs time and hides which loss is meant."
    )
    help = "Give the loss the logits, or keep the log-softmax and use `nn.NLLLoss`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
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
    log_probabilities = model(x).log_softmax(dim=1)
    F.cross_entropy(log_probabilities, y).backward()
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
    F.nll_loss(F.log_softmax(model(x), dim=1), y).backward()
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
    logits = model(x)
    entropy = -(F.log_softmax(logits, dim=1) * F.softmax(logits, dim=1)).sum(dim=1).mean()
    loss = F.cross_entropy(logits, y) - 0.01 * entropy
    loss.backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is Loss.CROSS_ENTROPY and fact.activation is Activation.LOG_SOFTMAX:
            yield Found(
                message=(
                    f"{fact.input_subject} went through log_softmax{fact.applied_phrase} before `{fact.spelling}`, "
                    "which applies it again."
                ),
                at=fact.place,
                module=fact.module,
                step=fact.step,
                fix=fact.drop_activation,
            )

"""TCK101: softmax output fed to cross entropy."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class SoftmaxBeforeCrossEntropy(Rule):
    """Softmax output is fed to cross entropy, which applies log-softmax itself.

    The softmax may be a module, a function, a method or the last layer of a `Sequential`, in another function or
    another file. Softmax inside attention, softmax for a prediction or a metric beside the logits, and softmax on the
    target side (soft labels) are right and not accused.
    """

    code = "TCK101"
    name = "softmax-before-cross-entropy"
    level = Level.ERROR
    why = (
        "Probabilities lie between 0 and 1, so the second softmax can never become confident: with 3 classes even a "
        "perfect output keeps a loss of 0.55, and gradients shrink."
    )
    help = "Give the loss the logits: drop the softmax in training and apply it only where you need probabilities."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return F.softmax(self.fc(x), dim=-1)


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    output = net(x)
    loss = F.cross_entropy(output, y)
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
    logits = model(x)
    confidence = F.softmax(logits, dim=1).max()
    loss = F.cross_entropy(logits, y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
student, teacher = nn.Linear(4, 3), nn.Linear(4, 3)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
x = torch.randn(32, 4)
for _ in range(5):
    with torch.no_grad():
        soft_labels = teacher(x).softmax(dim=1)
    optimizer.zero_grad()
    F.cross_entropy(student(x), soft_labels).backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is Loss.CROSS_ENTROPY and fact.activation is Activation.SOFTMAX:
            yield Found(
                message=(
                    f"{fact.input_subject} went through softmax{fact.applied_phrase} before `{fact.spelling}`, "
                    "which applies log-softmax itself."
                ),
                at=fact.place,
                module=fact.module,
                step=fact.step,
                fix=fact.drop_activation,
            )

"""TCK105: BCE loss fed something that is no probability."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.crash import Crash
from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_PROBABILITIES = {Activation.SIGMOID, Activation.SOFTMAX, Activation.UNKNOWN}
_RANGE_ERRORS = (
    "all elements of input should be between 0 and 1",  # CPU
    "input_val >= zero && input_val <= one",  # the device-side assert
)


class BceWithoutSigmoid(Rule):
    """`BCELoss` is fed something that is no probability.

    Torch raises as soon as a value leaves [0, 1] (on a GPU as a device-side assert that poisons the process); until
    then the loss is computed from numbers that mean nothing. Softmax, a clamp to [0, 1] and a probability that comes
    from elsewhere are right and not accused.
    """

    code = "TCK105"
    name = "bce-without-sigmoid"
    level = Level.ERROR
    why = "`BCELoss` takes the logarithm of its input and of one minus it, so it is only defined for probabilities."
    help = "Use `nn.BCEWithLogitsLoss` on the logits (stabler), or apply a sigmoid first."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
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
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    prediction = torch.tanh(model(x))
    F.binary_cross_entropy(prediction, y).backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 1), nn.Sigmoid())
criterion = nn.BCELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32, 1)).float()
for _ in range(5):
    optimizer.zero_grad()
    probability = (model(x) * 0.1 + 0.5).clamp(0, 1)
    F.binary_cross_entropy(probability, y).backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is not Loss.BCE or fact.activation in _PROBABILITIES:
            return
        if fact.activation is Activation.LINEAR:
            got = "comes straight from a layer, with no sigmoid"
        else:
            got = f"went through {fact.activation.value}{fact.applied_phrase}"
        yield Found(
            message=f"`{fact.spelling}` takes probabilities, but {fact.input_phrase} {got}.",
            at=fact.place,
            module=fact.module,
            step=fact.step,
        )

    def crash(self, fact: Crash) -> Iterable[Found]:
        if any(text in fact.text for text in _RANGE_ERRORS):
            yield Found(
                message="`BCELoss` takes probabilities, but its input holds values outside [0, 1]: torch stopped here.",
                at=fact.place,
                module=fact.module,
                step=fact.step,
            )

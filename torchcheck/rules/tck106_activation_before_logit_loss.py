"""TCK106: an activation on what a logit loss takes."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_RECTIFIERS = {
    Activation.RELU,
    Activation.RELU6,
    Activation.LEAKY_RELU,
    Activation.ELU,
    Activation.SELU,
    Activation.CELU,
    Activation.GELU,
    Activation.SILU,
    Activation.MISH,
    Activation.SOFTPLUS,
}
_ACCUSED = {
    Loss.CROSS_ENTROPY: _RECTIFIERS | {Activation.SIGMOID, Activation.LOG_SIGMOID, Activation.TANH},
    Loss.BCE_WITH_LOGITS: _RECTIFIERS
    | {Activation.SOFTMAX, Activation.LOG_SOFTMAX, Activation.LOG_SIGMOID, Activation.TANH},
}
_ACCUSED[Loss.MULTILABEL_SOFT_MARGIN] = _ACCUSED[Loss.BCE_WITH_LOGITS]
_CUT_BENEATH = {Loss.BCE: Activation.SIGMOID, Loss.NLL: Activation.LOG_SOFTMAX}
"""Losses of probabilities, and what makes these of logits."""


class ActivationBeforeLogitLoss(Rule):
    """ReLU, sigmoid, tanh or another activation stands between the last layer and a loss that takes logits.

    Logits are any real numbers; an activation takes some of them away. That goes too for a ReLU right before the
    sigmoid of `BCELoss` (every probability is at least one half) or the `log_softmax` of `NLLLoss`. A rescaled one
    (`30 * tanh(x / 30)`, a cosine times a temperature) and `hardtanh` are there on purpose and not accused. Two
    neighbours have rules of their own: softmax before cross entropy (TCK101) and sigmoid before `BCEWithLogitsLoss`
    (TCK104).
    """

    code = "TCK106"
    name = "activation-before-logit-loss"
    level = Level.WARNING
    why = "The loss expects logits over the whole real line; the activation cuts part of it off, and gradients with it."
    help = "Feed the output of the last layer to the loss, without the activation."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.ReLU())
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
    scores = model(x).sigmoid()
    F.cross_entropy(scores, y).backward()
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
    logits = 30 * torch.tanh(model(x) / 30)  # soft-capped logits
    F.cross_entropy(logits, y).backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU())
head = nn.Linear(16, 3)
optimizer = torch.optim.SGD([*model.parameters(), *head.parameters()], lr=0.1)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    features = model(x)
    F.cross_entropy(head(features), y).backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if _CUT_BENEATH.get(fact.loss) is fact.activation and fact.beneath in (Activation.RELU, Activation.RELU6):
            both = f"{fact.beneath.value} and then {fact.activation.value}{fact.applied_phrase}"
            yield Found(
                message=f"{fact.input_subject} went through {both}: {_harm(fact.beneath)}.",
                at=fact.place,
                help=f"Leave out the {fact.beneath.value} before the {fact.activation.value}.",
                module=fact.module,
            )
        if fact.activation not in _ACCUSED.get(fact.loss, ()):
            return
        yield Found(
            message=(
                f"{fact.input_subject} went through {fact.activation.value}{fact.applied_phrase} before "
                f"`{fact.spelling}`, which takes logits: {_harm(fact.activation)}."
            ),
            at=fact.place,
            module=fact.module,
            step=fact.step,
        )


def _harm(activation: Activation) -> str:
    if activation in _RECTIFIERS:
        return "negative logits are cut off or squashed"
    if activation in (Activation.LOG_SOFTMAX, Activation.LOG_SIGMOID):
        return "every logit is negative"
    low = -1 if activation is Activation.TANH else 0
    return f"every logit lies between {low} and 1"

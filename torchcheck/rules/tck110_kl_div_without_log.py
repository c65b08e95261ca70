"""TCK110: KL divergence fed something that is no log-probability."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.loss import Activation, Loss, LossFed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_NOT_LOGS = {Activation.SOFTMAX, Activation.SIGMOID, Activation.LINEAR}
_LOGS = {Activation.LOG_SOFTMAX, Activation.LOG_SIGMOID}


class KlDivWithoutLog(Rule):
    """`kl_div` is fed probabilities or raw logits where it takes log-probabilities, or input and target are swapped.

    `F.kl_div(input, target)` takes log-probabilities first and probabilities second; only with `log_target=True` is
    the target in logarithms too. Anything else gives a number that is no divergence: it can be negative, and its
    smallest value is not where the two agree. Log-softmax against softmax, in either direction of the divergence, and
    `log_target=True` with two log-softmax are right and not accused.
    """

    code = "TCK110"
    name = "kl-div-without-log"
    level = Level.ERROR
    why = (
        "`kl_div` computes target * (log(target) - input) and takes no logarithm of its input, so the result is "
        "smallest elsewhere than where the two distributions agree."
    )
    help = "Feed it `F.log_softmax(logits, dim=-1)` first and `F.softmax(other_logits, dim=-1)` second."
    bad = (
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher, student = nn.Linear(4, 3), nn.Linear(4, 3)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
x = torch.randn(32, 4)
for _ in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        wanted = F.softmax(teacher(x), dim=1)
    loss = F.kl_div(F.softmax(student(x), dim=1), wanted, reduction="batchmean")
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
criterion = nn.KLDivLoss(reduction="batchmean")
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, wanted = torch.randn(32, 4), torch.full((32, 3), 1 / 3)
for _ in range(5):
    optimizer.zero_grad()
    loss = criterion(model(x), wanted)
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
teacher, student = nn.Linear(4, 3), nn.Linear(4, 3)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
x = torch.randn(32, 4)
for _ in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        wanted = F.softmax(teacher(x) / 2, dim=1)
    loss = F.kl_div(F.log_softmax(student(x) / 2, dim=1), wanted, reduction="batchmean") * 4
    loss.backward()
    optimizer.step()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
teacher, student = nn.Linear(4, 3), nn.Linear(4, 3)
criterion = nn.KLDivLoss(reduction="batchmean", log_target=True)
optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
x = torch.randn(32, 4)
for _ in range(5):
    optimizer.zero_grad()
    with torch.no_grad():
        wanted = F.log_softmax(teacher(x), dim=1)
    loss = criterion(F.log_softmax(student(x), dim=1), wanted)
    loss.backward()
    optimizer.step()
""",
    )

    def loss(self, fact: LossFed) -> Iterable[Found]:
        if fact.loss is not Loss.KL_DIV:
            return
        said = _input(fact) or _target(fact)
        if said is not None:
            message, help_ = said
            yield Found(message=message, at=fact.place, help=help_, module=fact.module, step=fact.step)


def _input(fact: LossFed) -> tuple[str, str | None] | None:
    if fact.activation not in _NOT_LOGS:
        return None
    if fact.activation is not Activation.LINEAR and fact.target_activation in _LOGS and fact.log_target is False:
        said = f"Input and target of `{fact.spelling}` are swapped: the log-probabilities come first."
        return said, "Swap the two arguments."
    got = _state(fact.activation, fact.input_phrase)
    where = fact.applied_phrase if fact.activation is not Activation.LINEAR else ""
    return f"`{fact.spelling}` takes log-probabilities first, but {got}{where}.", _input_help(fact)


def _input_help(fact: LossFed) -> str | None:
    if fact.activation is Activation.LINEAR:
        return "Apply `F.log_softmax(..., dim=-1)` to it."
    if fact.activation is Activation.SOFTMAX:
        return "Replace that softmax by `F.log_softmax`; the target stays a softmax."
    return None


def _target(fact: LossFed) -> tuple[str, str | None] | None:
    name = f"`{fact.target_name}`" if fact.target_name else "the target"
    if fact.target_activation is Activation.LINEAR:
        return f"`{fact.spelling}` takes probabilities as its target, but {name} holds raw logits.", (
            "Apply `F.softmax(..., dim=-1)` to the target."
        )
    if fact.target_activation in _LOGS and fact.log_target is False:
        return f"`{fact.spelling}` takes probabilities as its target, but {name} holds log-probabilities.", (
            "Pass `log_target=True`, or make the target a softmax."
        )
    if fact.target_activation is Activation.SOFTMAX and fact.log_target is True:
        return f"`{fact.spelling}` has `log_target=True`, but {name} went through softmax and not log_softmax.", (
            "Leave `log_target` out, or make the target a `log_softmax`."
        )
    return None


def _state(activation: Activation, phrase: str) -> str:
    if activation is Activation.LINEAR:
        return f"{phrase} holds raw logits" if phrase != "the input" else "the input is raw logits"
    return f"{phrase} went through {activation.value}"

"""TCK607: the first NaN or infinity, and where it was born."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.non_finite import NonFinite
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_GROWN = 10.0
_HUGE = 1e15


class NonFiniteValue(Rule):
    """The loss, a weight, or a gradient that a step uses is NaN or infinite; says where the first one was born.

    That is: in an operation (the logarithm of zero, a division by zero, an attention row that is masked out entirely),
    in what a model computes from its input, on the way back (the slope of a square root at zero), or in the update
    before. Infinities that do not reach the loss are right: masks of minus infinity, log-probabilities of impossible
    choices, branches that `torch.where` discards. So are the steps that a `GradScaler` skips. Overflow of float16 is
    TCK404, and data that holds NaN or infinities is TCK413.
    """

    code = "TCK607"
    name = "non-finite"
    level = Level.ERROR
    why = "Everything that a NaN or an infinity touches becomes NaN too: after one step the whole model is."
    help = "Mend the operation that made it: all later NaNs follow from this one."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.rand(32, 1)
for _ in range(5):
    prediction = model(x).relu()
    loss = (torch.log(prediction) - y).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Distance(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)

    def forward(self, x):
        h = self.fc(x)
        squared = (h[:, None] - h[None, :]).pow(2).sum(-1)
        return torch.sqrt(squared)


torch.manual_seed(0)
model = Distance()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(16, 4)
for _ in range(5):
    loss = (model(x) - 1).abs().mean()
    optimizer.zero_grad()
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
query, key = nn.Linear(8, 8), nn.Linear(8, 8)
optimizer = torch.optim.SGD([*query.parameters(), *key.parameters()], lr=0.01)
x = torch.randn(4, 6, 8)
causal = torch.triu(torch.ones(6, 6, dtype=torch.bool), diagonal=1)
for _ in range(5):
    scores = (query(x) @ key(x).transpose(1, 2)).masked_fill(causal, float("-inf"))
    loss = F.mse_loss(scores.softmax(-1) @ x, x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(4, 3)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.01)
states, legal = torch.randn(16, 4), torch.tensor([True, True, False])
for _ in range(5):
    logits = policy(states).masked_fill(~legal, float("-inf"))
    choices = torch.distributions.Categorical(logits=logits)
    loss = -(choices.log_prob(choices.sample()) * torch.randn(16)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x = torch.randn(32, 4)
for _ in range(5):
    rate = model(x).relu()
    safe = torch.where(rate > 0, rate, torch.ones_like(rate))
    loss = torch.where(rate > 0, torch.log(safe), rate).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    )

    def non_finite(self, fact: NonFinite) -> Iterable[Found]:
        if fact.what == "input":
            return
        if fact.dtype == "float16" and (fact.value == "inf" or _in_half(fact)) and fact.what == "activation":
            return
        message, help = _MESSAGES[fact.what](fact)
        yield Found(
            message=message,
            at=fact.born_at or fact.place,
            help=help,
            module=fact.module,
            step=fact.step,
            evidence={
                "value": fact.value,
                "what": fact.what,
                "name": fact.name,
                "operation": fact.operation,
                "index": list(fact.index) if fact.index is not None else None,
                "inputs_absmax": fact.inputs_absmax,
                "losses_before": list(fact.losses),
            },
        )


def _activation(fact: NonFinite) -> tuple[str, str | None]:
    met = f": it met {fact.cause}" if fact.cause else ""
    if fact.inputs_absmax is not None and fact.inputs_absmax > _HUGE:
        return (
            f"`{fact.operation}`{_where(fact)} gave {_value(fact)} for values up to {fact.inputs_absmax:.0e}: "
            f"the training had blown up before{_losses(fact)}.",
            _LOWER,
        )
    if fact.operation == "exp" and fact.value == "inf":
        met = ": float32 ends at exp(88)"
    return f"`{fact.operation}`{_where(fact)} gave {_value(fact)}{met}.", _CURES.get(fact.operation or "")


def _prepared(fact: NonFinite) -> tuple[str, str | None]:
    reached = f"`{fact.module}`" if fact.module else "the first weights"
    index = f", first at index {fact.index}" if fact.index else ""
    maker = f"`{fact.after}` made it" if fact.after else "the model made it ahead of that"
    return f"What reached {reached} holds {_value(fact)}{index}, though the input is finite: {maker}.", _PREPARED


def _loss(fact: NonFinite) -> tuple[str, str | None]:
    if fact.cause:
        return f"The loss is {_value(fact)}, from {fact.cause}: the training had blown up{_losses(fact)}.", _LOWER
    return f"The loss is {_value(fact)}, first seen in `{fact.name}`{_where(fact)}.", None


def _gradient(fact: NonFinite) -> tuple[str, str | None]:
    culprit = ""
    if fact.operation and fact.cause:
        culprit = f"; the likely place is `{fact.operation}`{_where(fact)}, if it meets {fact.cause}"
    message = f"The loss is finite, but the gradient of `{fact.name}` is {_value(fact)}{culprit}."
    return message, _CURES.get(fact.operation or "")


def _weight(fact: NonFinite) -> tuple[str, str | None]:
    if _blew_up(fact):
        return f"`{fact.name}` is {_value(fact)} after the last update: the training blew up{_losses(fact)}.", _LOWER
    return (
        f"`{fact.name}` holds {_value(fact)} before this step: the last update broke it, or it was never initialised.",
        "Look for a gradient that was not finite, or for `torch.empty` without an initialisation.",
    )


_MESSAGES = {"activation": _activation, "prepared": _prepared, "loss": _loss, "gradient": _gradient, "weight": _weight}

_PREPARED = "Look for a logarithm or a root of what may be zero or less, or a division by what may be zero."
_LOWER = "Lower the learning rate, or clip the gradients with `torch.nn.utils.clip_grad_norm_`."
_CURES = {
    "log": "Take `torch.log(x.clamp(min=1e-8))`, or a loss that works on logits (`log_softmax`, `BCEWithLogitsLoss`).",
    "sqrt": "Put the epsilon inside: `torch.sqrt(x + 1e-8)`.",
    "pow": "Keep the base away from zero: `(x + 1e-8) ** p`.",
    "norm": "Put the epsilon inside: `(x.pow(2).sum(-1) + 1e-8).sqrt()`.",
    "division": "Keep the divisor away from zero: `x / (y + 1e-8)`, or `y.clamp(min=1)` for a count.",
    "std": "A single value has no deviation: use `unbiased=False` with an epsilon, or skip such batches.",
    "softmax": "Give every row at least one entry that is not masked.",
    "exp": "Subtract the maximum first (`logsumexp`, `softmax`), or clamp what goes in.",
    "nll_loss": "Skip batches in which every target is `ignore_index`.",
    "where": "Make the branch that is not taken safe as well: `torch.where(ok, f(torch.where(ok, x, 1)), 0)`.",
}


def _in_half(fact: NonFinite) -> bool:
    return "in float16" in (fact.cause or "")


def _value(fact: NonFinite) -> str:
    return "NaN" if fact.value == "nan" else "inf"


def _where(fact: NonFinite) -> str:
    if fact.module:
        return f" in `{fact.module}`"
    return f" after `{fact.after}`" if fact.after else ""


def _blew_up(fact: NonFinite) -> bool:
    return len(fact.losses) > 1 and abs(fact.losses[-1]) > _GROWN * abs(fact.losses[0])


def _losses(fact: NonFinite) -> str:
    return f" (the loss had gone from {fact.losses[0]:.3g} to {fact.losses[-1]:.3g})" if _blew_up(fact) else ""

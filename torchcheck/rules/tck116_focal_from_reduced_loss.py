"""TCK116: a focal weight computed from a loss that is already averaged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.uses import negated, powers_of_one_minus, settled
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView, FileView

_FUNCTIONS = words("cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits")
_MODULES = words("CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss")


class FocalFromReducedLoss(Rule):
    """`(1 - torch.exp(-ce)) ** gamma` of an averaged cross entropy is one number for the whole batch.

    The focal loss weighs each sample by how well it is known; that takes the loss of each sample (`reduction="none"`).
    A reduction that the caller chooses, and losses taken sample by sample in a loop, are not accused.
    """

    code = "TCK116"
    name = "focal-from-reduced-loss"
    level = Level.ERROR
    why = "Easy and hard samples get the same weight: it is the plain loss times a factor that shrinks as it falls."
    help = 'Compute the loss with `reduction="none"`, weigh each sample, then take the mean.'
    bad = (
        """\
import torch
import torch.nn.functional as F


def focal_loss(logits, target, gamma=2.0):
    ce = F.cross_entropy(logits, target)
    pt = torch.exp(-ce)
    return (1 - pt) ** gamma * ce


torch.manual_seed(0)
print(focal_loss(torch.randn(8, 3), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])))
""",
        """\
import torch
from torch import nn


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma
        self.bce = nn.BCEWithLogitsLoss()

    def forward(self, logits, target):
        bce = self.bce(logits, target)
        return (1 - torch.exp(-bce)).pow(self.gamma) * bce


torch.manual_seed(0)
print(FocalLoss()(torch.randn(8), torch.ones(8)))
""",
    )
    good = (
        """\
import torch
import torch.nn.functional as F


def focal_loss(logits, target, gamma=2.0):
    ce = F.cross_entropy(logits, target, reduction="none")
    pt = torch.exp(-ce)
    return ((1 - pt) ** gamma * ce).mean()


torch.manual_seed(0)
print(focal_loss(torch.randn(8, 3), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])))
""",
        """\
import torch
import torch.nn.functional as F

torch.manual_seed(0)
ce = F.cross_entropy(torch.randn(8, 3), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]))
print("mean probability", torch.exp(-ce), "perplexity", torch.exp(ce))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "exp" not in view.identifiers or view.identifiers.isdisjoint(_FUNCTIONS | _MODULES):
            return
        for power, subtracted in powers_of_one_minus(view):
            loss = _exponent(subtracted.value)
            call = loss.value.call if loss is not None else None
            made = _reduced(call) if call is not None and not power.in_loop else None
            if loss is not None and made is not None:
                yield Found(
                    message=f"The focal weight `{power.text}` is one number for the batch: `{made.text}` is reduced.",
                    at=power,
                )


def _exponent(value: ExprView) -> ExprView | None:
    """`ce` of `torch.exp(-ce)`, `(-ce).exp()` and of `torch.exp(logpt)` with `logpt = -ce`."""
    call = value.call
    if call is None or call.last_name != "exp":
        return None
    inner = call.argument(0) if call.target == "torch.exp" else call.receiver
    if inner is None:
        return None
    return negated(inner) or negated(inner.value)


def _reduced(call: CallView) -> CallView | None:
    """The call that chose how the loss is reduced, where it surely is."""
    built = _builder(call)
    if built is None or built.is_open:
        return None
    if any(arg.keyword in ("reduce", "size_average") for arg in built.arguments):
        return None
    reduction = built.argument(None, "reduction")
    return built if reduction is None or reduction.literal in ("mean", "sum") else None


def _builder(call: CallView) -> CallView | None:
    target = call.target or ""
    if target.startswith("torch.nn.functional.") and call.last_name in _FUNCTIONS:
        return call if len([a for a in call.arguments if a.keyword is None]) < 4 else None
    built = settled(call.func).call
    if built is None or not (built.target or "").startswith("torch.nn.") or built.last_name not in _MODULES:
        return None
    return built

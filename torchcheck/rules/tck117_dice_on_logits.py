"""TCK117: an overlap computed from logits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import ExprView, words_of
from torchcheck.code.overlaps import gives_logits, origin, overlap_calls, overlap_of, peeled, takes_logits
from torchcheck.finding import Level
from torchcheck.patterns import pattern
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, FileView
    from torchcheck.code.overlaps import Overlap

_NAMED = pattern(r"(?<![a-z])dice|Dice|DICE|(?<![a-z])iou|I[oO]U|[jJ]accard|[tT]versky")
_LOGITS = ("logits", "logit")
_ACTIVATIONS = words("sigmoid softmax sigmoid_ Sigmoid Softmax expit exp argmax log_softmax tanh round clamp")


class DiceOnLogits(Rule):
    """An overlap loss (dice, IoU, Tversky) written by hand multiplies logits with the target.

    Accused is a function without an activation of its own that is given logits: what the same code feeds to
    `BCEWithLogitsLoss` or `CrossEntropyLoss`, what a model gives that ends in a convolution, or what the user calls
    logits. A sigmoid or softmax before or inside, a threshold, and a prediction of unknown origin are not accused.
    """

    code = "TCK117"
    name = "dice-on-logits"
    level = Level.WARNING
    why = "Logits may be negative: the denominator crosses zero, the loss leaves 0 to 1 and drowns the other terms."
    help = "Apply `torch.sigmoid` (or a softmax over the classes) first; the cross entropy still takes the logits."
    symptom_of = frozenset({"TCK104"})  # then they are no logits
    bad = (
        """\
import torch
from torch import nn


def dice_loss(pred, target, smooth=1.0):
    intersection = (pred * target).sum()
    return 1 - (2 * intersection + smooth) / (pred.sum() + target.sum() + smooth)


torch.manual_seed(0)
model = nn.Conv2d(3, 1, 3, padding=1)
bce = nn.BCEWithLogitsLoss()
x, y = torch.randn(2, 3, 8, 8), torch.randint(0, 2, (2, 1, 8, 8)).float()
outputs = model(x)
loss = bce(outputs, y) + dice_loss(outputs, y)
loss.backward()
""",
        """\
import torch
import torch.nn.functional as F
from torch import nn


class DiceBCELoss(nn.Module):
    def forward(self, inputs, targets, smooth=1):
        inputs = inputs.view(-1)
        targets = targets.view(-1)
        intersection = (inputs * targets).sum()
        dice = 1 - (2.0 * intersection + smooth) / (inputs.sum() + targets.sum() + smooth)
        return F.binary_cross_entropy_with_logits(inputs, targets) + dice


torch.manual_seed(0)
print(DiceBCELoss()(torch.randn(4, 8), torch.ones(4, 8)))
""",
    )
    good = (
        """\
import torch
from torch import nn


def dice_loss(pred, target, smooth=1.0):
    intersection = (pred * target).sum()
    return 1 - (2 * intersection + smooth) / (pred.sum() + target.sum() + smooth)


torch.manual_seed(0)
model = nn.Conv2d(3, 1, 3, padding=1)
bce = nn.BCEWithLogitsLoss()
x, y = torch.randn(2, 3, 8, 8), torch.randint(0, 2, (2, 1, 8, 8)).float()
outputs = model(x)
loss = bce(outputs, y) + dice_loss(torch.sigmoid(outputs), y)
loss.backward()
""",
        """\
import torch
import torch.nn.functional as F


def combined(prediction, target):
    bce = F.binary_cross_entropy_with_logits(prediction, target)
    prediction = torch.sigmoid(prediction)
    return bce + dice_loss(prediction, target)


def dice_loss(prediction, target):
    intersection = (prediction * target).sum()
    return 1 - (2 * intersection + 1) / (prediction.sum() + target.sum() + 1)


torch.manual_seed(0)
print(combined(torch.randn(4, 8), torch.ones(4, 8)))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        names = {*view.identifiers, *(one.name for one in view.functions), *(one.name for one in view.classes)}
        if _NAMED.search(" ".join(names)) is None:
            return
        inside = {overlap.function: overlap for overlap in map(overlap_of, view.functions) if overlap is not None}
        inside = {function: overlap for function, overlap in inside.items() if _is_raw_inside(overlap)}
        for overlap in inside.values():
            if overlap.product is not None:
                yield Found(
                    message=f"`{overlap.product.text}` takes the logits in `{overlap.prediction}` for probabilities.",
                    at=overlap.product,
                )
        for call, overlap, given in overlap_calls(view):
            if overlap.function not in inside and call.function not in inside and _is_raw(call, given):
                yield Found(
                    message=f"`{call.func.text}` takes probabilities, and `{given.text}` holds logits.", at=call
                )


def _is_raw_inside(overlap: Overlap) -> bool:
    """Whether the function's own code says that its prediction holds logits."""
    if overlap.product is None:
        return False
    if any(word in _LOGITS for word in words_of(overlap.prediction)):
        return True
    return any(_is_fed(call, overlap.prediction) for call in overlap.function.calls)


def _is_fed(call: CallView, value: object) -> bool:
    """Whether a loss that takes logits is fed this value."""
    first = call.argument(0, "input")
    return value is not None and first is not None and takes_logits(call) and origin(first) == value


def _is_raw(call: CallView, given: ExprView) -> bool:
    value = origin(given)
    if value is None:
        return False
    beside = call.function.calls if call.function is not None else [c for c in call.file.calls if c.function is None]
    if any(_is_fed(one, value) for one in beside):
        return True
    if not isinstance(value, str) and gives_logits(value, call.file):
        return True
    return _is_called_logits(given, value)


def _is_called_logits(given: ExprView, value: object) -> bool:
    """Whether the user calls it logits, and it is not what an activation gave."""
    if peeled(given).identifier is None or given.words.isdisjoint(_LOGITS):
        return False
    made = ExprView(given.file, value).call if not isinstance(value, str) else None
    return made is None or (made.last_name not in _ACTIVATIONS and made.words.isdisjoint(_ACTIVATIONS))

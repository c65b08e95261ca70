"""TCK111: predictions and targets given to a loss's constructor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import NOT_LITERAL
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import LOSS_MODULES, words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView

_OTHERS = frozenset(
    {"TripletMarginLoss", "CosineEmbeddingLoss", "MarginRankingLoss", "CTCLoss", "MultiMarginLoss", "SoftMarginLoss"}
    | {"HingeEmbeddingLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss"}
)
_WEIGHTED = frozenset({"CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"})
_OPTIONS = words("weight weights average reduce reduction index smoothing beta delta margin blank full eps alpha gamma")
"""Parts of the names that settings have."""


class LossBuiltWithTensors(Rule):
    """`nn.CrossEntropyLoss(output, target)` builds a loss with the tensors as settings; it computes nothing.

    The loss is a module: built once, `criterion = nn.CrossEntropyLoss()`, then called, `criterion(output, target)`. A
    weight for each class as the first argument, and options by keyword, are right.
    """

    code = "TCK111"
    name = "loss-built-with-tensors"
    level = Level.ERROR
    why = "The constructor takes settings (weight, reduction): the tensors land there, and no loss is computed."
    help = "Build the loss first, then call it: `nn.CrossEntropyLoss()(output, target)`."
    bad = (
        """\
import torch
from torch import nn

output, target = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
loss = nn.CrossEntropyLoss(output, target)
print(loss)
""",
        """\
import torch
import torch.nn as nn


def compute(model, x, y):
    prediction = model(x)
    return nn.MSELoss(prediction, y)


print(compute(nn.Linear(2, 1), torch.randn(4, 2), torch.randn(4, 1)))
""",
    )
    good = (
        """\
import torch
from torch import nn

output, target = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
loss = nn.CrossEntropyLoss()(output, target)
print(loss)
""",
        """\
import torch
from torch import nn

weight = torch.tensor([1.0, 2.0, 1.0])
criterion = nn.CrossEntropyLoss(weight)
print(criterion(torch.randn(4, 3), torch.tensor([0, 1, 2, 0])))
""",
    )
    call_names = frozenset(LOSS_MODULES) | _OTHERS

    def call(self, view: CallView) -> Iterable[Found]:
        if view.target is None or not view.target.startswith("torch.nn.") or view.is_open:
            return
        given = [arg.value for arg in view.arguments if arg.keyword is None]
        if any(arg.keyword in ("input", "target") for arg in view.arguments):
            wrong = True
        elif len(given) < 2 or not all(map(_may_be_a_tensor, given[:2])):
            wrong = len(given) == 1 and view.last_name not in _WEIGHTED and given[0].kind.is_tensor
        else:
            wrong = True
        if wrong:
            yield Found(
                message=f"`{view.text}` gives tensors to the loss's constructor, which takes settings.",
                at=view,
                help=f"Build the loss, then call it: `{view.func.text}()({', '.join(v.text for v in given)})`."
                if given
                else None,
                fix=self._call_it(view, given),
            )

    def _call_it(self, view: CallView, given: list[ExprView]) -> FixMaker:
        if len(given) < 2 or any(arg.keyword is not None for arg in view.arguments) or len(given) > 2:
            return no_fix
        return view.file.edits.insert_after(view.func, "()", "Build the loss, then call it")


def _may_be_a_tensor(value: ExprView) -> bool:
    """Whether an argument is surely no setting: not a literal, and not named like one."""
    if value.kind.is_tensor:
        return True
    if value.literal is not NOT_LITERAL or value.constant is not NOT_LITERAL:
        return False
    name = (value.attribute or value.identifier or "").lower()
    if value.call is not None:
        return value.call.last_name in (
            "view",
            "squeeze",
            "float",
            "long",
            "to",
            "reshape",
            "flatten",
            "unsqueeze",
            "cuda",
        )
    if not _OPTIONS.isdisjoint(name.split("_")):
        return False
    return name in _WHOLE_NAMES or any(part in name for part in _TENSOR_NAMES)


_WHOLE_NAMES = words("x y z t xb yb b_x b_y batch_x batch_y")
_RESHAPES = words("view squeeze unsqueeze reshape flatten float long to cuda")
_TENSOR_NAMES = ("out", "pred", "logit", "target", "label", "y_", "score", "true", "real", "fake", "recon", "gt", "hat")

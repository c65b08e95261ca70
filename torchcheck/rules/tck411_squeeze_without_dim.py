"""TCK411: a squeeze that also takes the batch axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView


class SqueezeWithoutDim(Rule):
    """`squeeze()` without an axis drops every axis of size 1: with a batch of one sample the batch axis, too.

    Judged are the `forward` of a module, and what is squeezed right after a model was called. A squeeze of a named
    axis is right, and so is one of something without a batch: a single image that is shown, a numpy array, a number.
    """

    code = "TCK411"
    name = "squeeze-without-dim"
    level = Level.INFO
    why = "The last batch of an epoch is often smaller: where it holds one sample, the batch axis goes with the others."
    help = "Name the axis: `squeeze(1)` or `squeeze(-1)`."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        return self.fc(x).squeeze()


print(Net()(torch.randn(3, 4)).shape)
""",
        """\
import torch
from torch import nn

model = nn.Linear(4, 1)
x, y = torch.randn(8, 4), torch.randn(8)
print(nn.functional.mse_loss(model(x).squeeze(), y))
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        return self.fc(x).squeeze(1)


print(Net()(torch.randn(3, 4)).shape)
""",
        """\
import torch

image = torch.rand(1, 28, 28)
print(image.squeeze().numpy().shape)
""",
    )
    call_names = frozenset({"squeeze"})

    def call(self, view: CallView) -> Iterable[Found]:
        squeezed = _squeezed(view)
        if squeezed is None or not (_in_forward(view) or _is_a_prediction(squeezed)):
            return
        yield Found(message=f"`{view.text}` drops the batch axis when the batch holds one sample.", at=view)


def _squeezed(view: CallView) -> ExprView | None:
    """What is squeezed, if no axis is named."""
    if view.is_open:
        return None
    if view.target == "torch.squeeze":
        return view.argument(0, "input") if len(view.arguments) == 1 else None
    if view.target is not None or view.arguments or view.receiver is None:
        return None
    return view.receiver if view.receiver.kind in (Kind.UNKNOWN, Kind.TENSOR) else None


def _in_forward(view: CallView) -> bool:
    function = view.function
    return function is not None and function.name == "forward" and bool(function.owner and function.owner.is_module)


def _is_a_prediction(squeezed: ExprView) -> bool:
    """Whether it is what calling a model gives."""
    call = squeezed.value.call
    if call is None:
        return False
    return call.func.kind is Kind.MODULE or (call.func.identifier in ("model", "net") and call.target is None)

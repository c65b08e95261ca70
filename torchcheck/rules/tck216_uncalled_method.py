"""TCK216: a method that is named and not called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ExprView

_ACTS = frozenset({"zero_grad", "backward", "train", "eval", "cuda", "cpu", "synchronize", "empty_cache"})
"""Methods called for what they do; nothing else that programs name has these names."""
_STEP = frozenset({"step", "update", "reset", "detach_", "zero_"})
"""The same, where the receiver is known to have such a method."""
_STEPPERS = (Kind.OPTIMIZER, Kind.SCHEDULER, Kind.SCALER)
_STEPPER_NAMES = ("optim", "opt", "sched", "scaler")


class UncalledMethod(Rule):
    """`optimizer.zero_grad` without parentheses names the method and does nothing.

    Only statements of their own are judged: a method handed on (`hooks.append(optimizer.zero_grad)`), returned or
    assigned is meant so. The last line of a notebook cell shows its value and is left alone where it names a property.
    """

    code = "TCK216"
    name = "uncalled-method"
    level = Level.ERROR
    why = "Without parentheses Python looks the method up and throws it away: what it does never happens."
    help = "Add the parentheses: `optimizer.zero_grad()`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
optimizer.zero_grad
nn.functional.mse_loss(model(x), y).backward()
optimizer.step()
""",
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 1), nn.Dropout(0.5))
model.eval
with torch.no_grad():
    print(model(torch.randn(2, 4)))
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
optimizer.zero_grad()
nn.functional.mse_loss(model(x), y).backward()
optimizer.step()
""",
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 1), nn.Dropout(0.5))
before_evaluation = [model.eval]
for prepare in before_evaluation:
    prepare()
with torch.no_grad():
    print(model(torch.randn(2, 4)))
""",
    )

    def statement(self, view: ExprView) -> Iterable[Found]:
        method, receiver = view.attribute, view.base
        if method is None or receiver is None or not (method in _ACTS or (method in _STEP and _steps(receiver))):
            return
        if view.name is not None and not view.name.startswith("torch."):  # an attribute of another library's module
            return
        yield Found(
            message=f"`{view.text}` is not called: nothing happens here.",
            at=view,
            help=f"Add the parentheses: `{view.text}()`.",
            fix=view.file.edits.insert_after(view, "()", "Call it"),
        )


def _steps(receiver: ExprView) -> bool:
    last = (receiver.attribute or receiver.identifier or "").lower()
    if receiver.kind in _STEPPERS or receiver.kind.is_tensor:
        return True
    return receiver.kind is Kind.UNKNOWN and any(part.startswith(_STEPPER_NAMES) for part in last.split("_"))

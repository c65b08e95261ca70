"""TCK213: a context that switches gradients off, made and never entered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import ExprView

_CONTEXTS = frozenset(
    {
        "torch.no_grad",
        "torch.inference_mode",
        "torch.enable_grad",
        "torch.autograd.no_grad",
        "torch.autograd.enable_grad",
        "torch.autograd.inference_mode",
        "torch.autograd.grad_mode.no_grad",
        "torch.autograd.grad_mode.inference_mode",
        "torch.autocast",
        "torch.amp.autocast",
        "torch.cuda.amp.autocast",
    }
)


class NoGradNotEntered(Rule):
    """`torch.no_grad()` as a statement of its own builds a context and throws it away: nothing is switched off.

    `with torch.no_grad():`, the decorator `@torch.no_grad()`, `stack.enter_context(torch.no_grad())` and
    `torch.set_grad_enabled(False)` (which does act when it is called) are right.
    """

    code = "TCK213"
    name = "no-grad-not-entered"
    level = Level.ERROR
    why = "A context acts between entering and leaving it; built and thrown away it does nothing."
    help = "Write `with torch.no_grad():` and indent what it is for, or put `@torch.no_grad()` on the function."
    bad = (
        """\
import torch
from torch import nn

model = nn.Linear(4, 1).eval()
torch.no_grad()
print(model(torch.randn(2, 4)).requires_grad)
""",
        """\
import torch
from torch import nn


def evaluate(model, x):
    model.eval()
    torch.inference_mode()
    return model(x)


print(evaluate(nn.Linear(4, 1), torch.randn(2, 4)))
""",
    )
    good = (
        """\
import torch
from torch import nn

model = nn.Linear(4, 1).eval()
with torch.no_grad():
    print(model(torch.randn(2, 4)).requires_grad)
""",
        """\
import contextlib

import torch
from torch import nn

model = nn.Linear(4, 1).eval()
with contextlib.ExitStack() as stack:
    stack.enter_context(torch.no_grad())
    print(model(torch.randn(2, 4)).requires_grad)
""",
    )

    def statement(self, view: ExprView) -> Iterable[Found]:
        context = view.call.func if view.call is not None else view
        if context.name in _CONTEXTS:
            yield Found(message=f"`{view.text}` is never entered: as a statement of its own it does nothing.", at=view)

"""TCK512: `torch.autograd.Variable`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView

_VARIABLE = "torch.autograd.Variable"


class DeprecatedVariable(Rule):
    """`Variable` has done nothing since PyTorch 0.4: tensors record gradients themselves.

    `Variable(x)` is `x`. With `requires_grad=True` it still makes a leaf, as `x.detach().requires_grad_()` says
    plainly; `volatile=True` is ignored, and `torch.no_grad()` is what was meant. `isinstance(x, Variable)` is not
    accused, nor is another library's `Variable`.
    """

    code = "TCK512"
    name = "deprecated-variable"
    level = Level.WARNING
    why = "Tensors and Variables were merged in PyTorch 0.4; who reads the wrapping expects it to do something."
    help = "Use the tensor itself."
    bad = (
        """\
import torch
from torch.autograd import Variable

x = Variable(torch.randn(2, 3))
print(x)
""",
        """\
import torch

x = torch.autograd.Variable(torch.randn(2, 3), requires_grad=True)
x.sum().backward()
print(x.grad)
""",
    )
    good = (
        """\
import torch

x = torch.randn(2, 3, requires_grad=True)
x.sum().backward()
print(x.grad)
""",
        """\
import torch
from torch.autograd import Variable

x = torch.randn(2, 3)
print(isinstance(x, Variable))
""",
    )
    call_names = frozenset({"Variable", "V", "Var"})

    def call(self, view: CallView) -> Iterable[Found]:
        if view.target != _VARIABLE:
            return
        volatile = view.argument(None, "volatile")
        yield Found(
            message=f"`{view.func.text}` is deprecated{': `volatile` is ignored' if volatile is not None else ''}.",
            at=view,
            help="Use `with torch.no_grad():` around what must not be recorded." if volatile is not None else None,
            fix=self._unwrap(view),
        )

    def _unwrap(self, view: CallView) -> FixMaker:
        first = view.argument(0, "data")
        if first is None or len(view.arguments) != 1 or view.is_open:
            return no_fix
        if not (first.identifier or first.attribute or first.call):
            return no_fix
        return view.file.edits.unwrap(view, first, "Use the tensor itself", safe=True)

"""TCK519: a value assigned to the name of an in-place method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import AssignView

_IN_PLACE = words(
    "copy_ fill_ zero_ normal_ uniform_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ constant_ "
    "add_ sub_ mul_ div_ clamp_ clip_ detach_ requires_grad_ set_ exponential_ bernoulli_ random_ trunc_normal_ eye_ "
    "orthogonal_"
)
_METHODS = frozenset({"eval", "train", "step", "zero_grad", "backward", "cuda", "cpu"})


class MethodOverwritten(Rule):
    """`weight.data.copy_ = values` puts the values under the name of the method; the weight stays what it was.

    A method replaced by a function (`model.forward = types.MethodType(…)`, `optimizer.step = wrapped`) is meant so, and
    so is an attribute of the user's own class that has such a name.
    """

    code = "TCK519"
    name = "method-overwritten"
    level = Level.ERROR
    why = "The assignment hides the method behind the value: nothing is copied, filled or switched."
    help = "Call the method: `weight.data.copy_(values)`."
    bad = (
        """\
import torch
from torch import nn

layer = nn.Linear(2, 2)
layer.weight.data.fill_ = 0.5
print(layer.weight)
""",
        """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
model.eval = True
print(model(torch.ones(1, 2)))
""",
    )
    good = (
        """\
import torch
from torch import nn

layer = nn.Linear(2, 2)
layer.weight.data.fill_(0.5)
print(layer.weight)
""",
        """\
import functools

import torch
from torch import nn

model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5))
model.eval = functools.partial(model.train, False)
model.eval()
print(model(torch.ones(1, 2)))
""",
    )

    def assignment(self, view: AssignView) -> Iterable[Found]:
        name, base = view.target.attribute, view.target.base
        if name is None or base is None or view.unpacked:
            return
        known = base.kind.is_tensor or base.attribute in ("data", "weight", "bias", "grad")
        if name in _IN_PLACE and known and _is_a_value(view):
            example = f"{view.target.text}({view.value.text})"
        elif name in _METHODS and base.kind.is_module and isinstance(view.value.literal, bool):
            example = f"{view.target.text}()"
        else:
            return
        yield Found(
            message=f"This assigns to the method `{view.target.text}` instead of calling it.",
            at=view.target,
            help=f"Call the method: `{example}`.",
        )


def _is_a_value(view: AssignView) -> bool:
    """Whether what is assigned can't be meant as a method: no function, and nothing that may be one."""
    value = view.value
    return value.kind.is_tensor or isinstance(value.literal, bool | int | float | list | tuple) or bool(value.call)

"""TCK510: a layer with parameters built anew in every `forward`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code.chains import assigned_to, attributes_used, is_run
from torchcheck.code.layers import owns_parameters
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import CallView, ClassView

_SET_BY_HAND = frozenset({"weight", "bias", "load_state_dict", "parameters", "state_dict", "requires_grad_"})
_NOT_TRAINED = ("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad")


class ModuleBuiltInForward(Rule):
    """A layer that `forward` builds has new random weights in each call, and no optimizer ever sees them.

    Judged are layers with parameters that `forward`, or a method that it calls, both builds and calls. Not accused:
    layers without parameters (activations, pooling, losses), a layer that is built once and kept
    (`if self.fc is None`), a layer whose weights are set by hand, and a layer under `torch.no_grad()`.
    """

    code = "TCK510"
    name = "module-built-in-forward"
    level = Level.ERROR
    why = "Each call draws new random weights: they are never trained, never saved, and differ from call to call."
    help = "Build the layer in `__init__` and call it in `forward`; `nn.LazyLinear` finds out its input size by itself."
    bad = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)

    def forward(self, x):
        x = torch.relu(self.body(x))
        return nn.Linear(8, 1)(x)


print(Net()(torch.randn(2, 4)).shape)
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        norm = nn.BatchNorm1d(x.shape[1])
        return norm(x)


print(Net()(torch.randn(2, 4)).shape)
""",
    )
    good = (
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = None

    def forward(self, x):
        if self.head is None:
            self.head = nn.Linear(x.shape[1], 1)
        return self.head(x)


print(Net()(torch.randn(2, 4)).shape)
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)

    def forward(self, x):
        return nn.LayerNorm(8, elementwise_affine=False)(nn.ReLU()(self.body(x)))


print(Net()(torch.randn(2, 4)).shape)
""",
    )

    def class_(self, view: ClassView) -> Iterable[Found]:
        if not view.is_module or "forward" not in view.methods:
            return
        built = view.initializers
        for method in view.reached("forward"):
            if method in built or method.owner != view:
                continue
            for call in method.calls:
                if _is_new_each_time(call):
                    yield Found(
                        message=f"`{call.func.text}(…)` is built anew, with random weights, in every call of "
                        f"`{view.name}.{method.name}`.",
                        at=call,
                    )


def _is_new_each_time(call: CallView) -> bool:
    if not call.last_name[:1].isupper() or owns_parameters(call) is not True or not is_run(call):
        return False
    if call.within(*_NOT_TRAINED):
        return False
    kept = assigned_to(call)
    if kept is not None and kept.identifier is None and call.conditions:
        return False
    if any(_asks_whether_built(test.text) for test in call.conditions):
        return False
    name = kept.identifier if kept is not None else None
    return name is None or call.function is None or attributes_used(call.function, name).isdisjoint(_SET_BY_HAND)


def _asks_whether_built(test: str) -> bool:
    return " is None" in test or "hasattr(" in test or " not in " in test or "initialized" in test or "built" in test

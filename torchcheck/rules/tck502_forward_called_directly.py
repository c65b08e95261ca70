"""TCK502: `forward` called in the place of the module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import CallView, ExprView

_WITH_HOOKS = words(
    "register_forward_hook register_forward_pre_hook register_full_backward_hook register_backward_hook "
    "register_module_forward_hook spectral_norm weight_norm prune parametrize DataParallel DistributedDataParallel "
    "FullyShardedDataParallel fully_shard dispatch_model jit"
)
"""What works through the call of a module."""
_MODULE_METHODS = words("eval train parameters named_parameters zero_grad state_dict load_state_dict modules children")


class ForwardCalledDirectly(Rule):
    """`model.forward(x)` computes what `model(x)` does, but runs no hook.

    Spectral norm, pruning, DataParallel, feature extraction, profilers and torchcheck's own probes work through hooks.
    Only what is surely a module is judged. `super().forward(x)`, `self.forward(x)` in the class itself, and a wrapper
    whose `forward` does nothing but delegate are not accused.
    """

    code = "TCK502"
    name = "forward-called-directly"
    level = Level.WARNING
    why = "Hooks hang on the call of the module: spectral norm, pruning, feature extraction and profilers are skipped."
    help = "Call the module: `model(x)`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
optimizer.zero_grad()
loss = nn.functional.mse_loss(model.forward(x), y)
loss.backward()
optimizer.step()
""",
        """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 8)
        self.decoder = nn.Linear(8, 4)

    def forward(self, x):
        code = torch.relu(self.encoder.forward(x))
        return self.decoder(code)


print(Net()(torch.randn(2, 4)).shape)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
optimizer.zero_grad()
loss = nn.functional.mse_loss(model(x), y)
loss.backward()
optimizer.step()
""",
        """\
import torch
from torch import nn


class Norm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.float()).type_as(x)


print(Norm(4)(torch.randn(2, 4).half()).dtype)
""",
    )
    call_names = frozenset({"forward"})

    def call(self, view: CallView) -> Iterable[Found]:
        receiver = view.receiver
        if receiver is None or view.target is not None or receiver.identifier in ("self", "cls"):
            return
        if not _is_a_module(receiver) or _is_meant(view):
            return
        yield Found(
            message=f"`{view.func.text}(…)` skips the hooks of the module.",
            at=view.func,
            help=f"Call the module: `{receiver.text}(…)`.",
            fix=self._call(view, receiver),
        )

    def _call(self, view: CallView, receiver: ExprView) -> FixMaker:
        if not (receiver.identifier or receiver.attribute or receiver.call):
            return no_fix
        safe = _WITH_HOOKS.isdisjoint(view.file.identifiers)
        return view.file.edits.unwrap(view.func, receiver, "call the module", safe=safe)


def _is_a_module(receiver: ExprView) -> bool:
    """Whether it is surely a module: by its kind, or because it is used as one nearby."""
    if receiver.kind is not Kind.UNKNOWN:
        made = receiver.instance_of
        return (
            receiver.kind.is_module and not _is_abstract(receiver) and (made is None or made.method("__call__") is None)
        )
    if receiver.identifier is None or receiver.function is None or receiver.annotation is not None:
        return False  # an annotation that is not known may name a class whose call does something else
    return any(
        call.method in _MODULE_METHODS and call.receiver is not None and call.receiver.identifier == receiver.identifier
        for call in receiver.function.calls
    )


def _is_abstract(receiver: ExprView) -> bool:
    """Whether it is annotated with an abstract class: the class that it is of may do something else when called."""
    named = receiver.annotation.names_class if receiver.annotation is not None else None
    return named is not None and any(base.name == "abc.ABC" for one in named.lineage for base in one.bases)


def _is_meant(view: CallView) -> bool:
    function = view.function
    if function is not None:
        named_so = function.name == "__call__" or function.name.startswith("forward")
        if (named_so and (function.is_one_statement or view.is_open)) or function.name.startswith(("test_", "check_")):
            return True
    return "hook" in view.remarks

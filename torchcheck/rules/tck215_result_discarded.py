"""TCK215: a tensor method's result thrown away."""

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

_ONLY_TENSORS = words("detach unsqueeze squeeze permute contiguous masked_fill clamp clamp_min clamp_max")
"""Methods that nothing but a tensor or an array has, and that change nothing."""
_OF_TENSORS = _ONLY_TENSORS | words(
    "to cuda float half double bfloat16 long int bool byte type view reshape flatten transpose t expand repeat "
    "clip abs exp log sqrt pow add sub mul div softmax sigmoid tanh relu round floor ceil scatter "
    "scatter_add index_add index_fill index_copy masked_scatter roll flip sort"
)
"""The same, where the receiver is known to be a tensor."""
_MOVES = words("to cuda float half double long")


class ResultDiscarded(Rule):
    """`x.to(device)`, `x.detach()`, `x.clamp(0, 1)` as statements: these return a new tensor and leave `x` as it is.

    A module's `.to()` moves the module itself, and methods whose names end in `_` work in place: both are right. So is
    a call that is made for its error or its cost (under `pytest.raises`, in a timing loop), one whose value is shown
    (at the end of a notebook's cell, at a prompt), and `.to()` of a batch that isn't known to be a tensor: the batches
    of some libraries move themselves.
    """

    code = "TCK215"
    name = "result-discarded"
    level = Level.ERROR
    why = "The method returns a new tensor; thrown away, nothing has changed: the data stay where and what they were."
    help = "Assign the result: `x = x.to(device)`."
    bad = (
        """\
import torch

x = torch.randn(4, 3)
x.clamp(0, 1)
print(x.min())
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cpu")
loader = DataLoader(TensorDataset(torch.randn(8, 2), torch.randn(8, 1)), batch_size=4, shuffle=True)
model = nn.Linear(2, 1).to(device)
for x, y in loader:
    x.to(device)
    print(nn.functional.mse_loss(model(x), y).item())
""",
    )
    good = (
        """\
import torch

x = torch.randn(4, 3)
x.clamp_(0, 1)
print(x.min())
""",
        """\
import torch
from torch import nn

model = nn.Linear(2, 1)
model.to("cpu")
model.double()
print(model(torch.randn(4, 2).double()))
""",
    )
    call_names = _OF_TENSORS

    def call(self, view: CallView) -> Iterable[Found]:
        receiver = view.receiver
        if receiver is None or not view.is_statement or view.target is not None:
            return
        if not _is_tensor(receiver, view) or view.expects_error or view.is_repeated_for_its_cost or view.is_displayed:
            return
        if any(arg.keyword in ("out", "inplace") for arg in view.arguments):
            return
        yield Found(
            message=f"The result of `{view.text}` is thrown away: `{receiver.text}` is still what it was.",
            at=view,
            help=f"Assign it: `{receiver.text} = {view.text}`.",
            fix=_assign(view, receiver),
        )


def _is_tensor(receiver: ExprView, view: CallView) -> bool:
    method = view.last_name
    if receiver.kind.is_tensor:
        return True
    if receiver.kind is not Kind.UNKNOWN or receiver.call is not None:
        return False
    if method == "detach" and (view.arguments or _is_attached(receiver)):
        return False
    return (method in _ONLY_TENSORS and view.file.may_hold_tensors) or (
        method in _MOVES and receiver.is_part_of_a_batch
    )


def _is_attached(receiver: ExprView) -> bool:
    """Whether it is an engine or a hook, which is attached to something and detached again."""
    others = (call.receiver for call in receiver.file.calls if call.last_name == "attach")
    return any(other is not None and other.text == receiver.text for other in others)


def _assign(view: CallView, receiver: ExprView) -> FixMaker:
    if receiver.identifier is None and receiver.self_attribute is None:
        return no_fix
    return view.file.edits.insert_before(view, f"{receiver.text} = ", "Assign the result")

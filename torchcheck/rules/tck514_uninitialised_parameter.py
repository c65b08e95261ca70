"""TCK514: a parameter that starts as whatever the memory holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import words_of
from torchcheck.code.touches import fills_everything, is_filled, name_is_filled
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ClassView, ExprView

_EMPTY = frozenset({"torch.empty", "torch.empty_strided", "torch.empty_like"})
_CONSTRUCTORS = frozenset({"torch.Tensor", "torch.FloatTensor", "torch.DoubleTensor", "torch.cuda.FloatTensor"})
"""With sizes these give memory as it is; with data, a tensor of it."""
_MOVES = frozenset({"to", "cuda", "float", "double", "half"})
_SIZES = frozenset(
    {"dim", "dims", "size", "features", "channels", "num", "n", "hidden", "heads", "width", "in", "out", "classes"}
)
_LOADED = ("PreTrainedModel", "PretrainedModel", "ModelMixin", "HubMixin")
_LOADS = ("load_state_dict", "_load_from_state_dict", "from_pretrained", "init_empty_weights", "load")


class UninitialisedParameter(Rule):
    """`nn.Parameter(torch.empty(n))` takes memory as it is: often zeros, sometimes 1e38 or NaN.

    The same holds for `torch.Tensor(n, m)` and `torch.FloatTensor(n)`. Accused where nothing in the file, or in the
    classes of the project that the module derives from, gives the parameter values: no `nn.init` function, method in
    place, assignment or copy touches it, and nothing goes over all parameters. Not accused: `torch.Tensor([0.5])`,
    which holds data, empty placeholders of size 0, tensors on the meta device, parameters that take no gradient,
    classes that load their weights or stand beside a model that is loaded from a hub, and classes with a base that
    isn't known.
    """

    code = "TCK514"
    name = "uninitialised-parameter"
    level = Level.ERROR
    why = "Training starts from whatever the memory holds: it differs from run to run and may be huge or NaN."
    help = "Initialise it: `nn.init.xavier_uniform_(…)`, or `torch.zeros`, `torch.randn` instead."
    bad = (
        """\
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query = nn.Parameter(torch.empty(dim))

    def forward(self, x):
        return torch.softmax(x @ self.query, dim=0)


print(Attention(4)(torch.randn(3, 4)).shape)
""",
        """\
import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, n, out_size):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(n, out_size))
        self.bias = nn.Parameter(torch.Tensor(out_size))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x):
        return x @ self.weight + self.bias


print(Affine(4, 2)(torch.randn(3, 4)).shape)
""",
    )
    good = (
        """\
import torch
from torch import nn


class Affine(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n, m))
        self.bias = nn.Parameter(torch.empty(m))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.xavier_uniform_(self.weight)
        with torch.no_grad():
            self.bias.zero_()

    def forward(self, x):
        return x @ self.weight + self.bias


print(Affine(4, 2)(torch.randn(3, 4)))
""",
        """\
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.factor = nn.Parameter(torch.Tensor([0.5]))
        self.shift = nn.Parameter(torch.empty(n))
        for p in self.parameters():
            nn.init.constant_(p, 0.1)

    def forward(self, x):
        return self.factor * x + self.shift


print(Scale(4)(torch.randn(3, 4)))
""",
    )

    def class_(self, view: ClassView) -> Iterable[Found]:
        if not view.is_module or view.has_unknown_base or "Parameter" not in view.file.identifiers:
            return
        raw = [(attr, one) for attr, one in view.self_assignments if not one.unpacked and _is_raw(one.value)]
        if (
            not raw
            or _belongs_to_a_checkpoint(view)
            or "init_cfg" in view.file.identifiers  # mmengine initialises by what that says
            or fills_everything(view)
            or any(one.mentions(*_LOADS) for one in view.lineage)
        ):
            return
        for attr, assigned in raw:
            if not is_filled(view, attr, assigned) and not _is_filled_by_name(assigned):
                yield Found(
                    message=f"`self.{attr}` is never initialised: it starts as whatever the memory holds.",
                    at=assigned.target,
                )


def _belongs_to_a_checkpoint(view: ClassView) -> bool:
    """Whether its file defines a model that is loaded rather than trained from the start."""
    return any(base.text.endswith(_LOADED) for one in view.file.classes for base in one.bases)


def _is_filled_by_name(assigned: AssignView) -> bool:
    name = assigned.value.identifier
    return name is not None and name_is_filled(assigned, name)


def _is_raw(value: ExprView) -> bool:
    """Whether a value is a parameter made of memory as it is."""
    call = value.value.call
    if call is None or call.target != "torch.nn.Parameter":
        return False
    wants, data = call.argument(1, "requires_grad"), call.argument(0, "data")
    made = data.call if data is not None else None
    while made is not None and made.method in _MOVES and made.receiver is not None:
        made = made.receiver.call
    return made is not None and (wants is None or wants.literal is True) and _is_uninitialised(made)


def _is_uninitialised(made: CallView) -> bool:
    device = made.argument(None, "device")
    if device is not None and "meta" in device.text:
        return False
    given = [arg.value for arg in made.arguments if arg.position is not None]
    if any(_holds_zero(one) for one in given):
        return False
    if made.target in _EMPTY or made.method == "new_empty":
        return True
    if made.target not in _CONSTRUCTORS or not given:
        return made.target in _CONSTRUCTORS and made.is_open
    return len(given) > 1 or _is_a_size(given[0])


def _holds_zero(view: ExprView) -> bool:
    return view.literal == 0 or any(item.literal == 0 for item in view.items or ())


def _is_a_size(view: ExprView) -> bool:
    if isinstance(view.literal, int):
        return True
    words = words_of(view.identifier or view.attribute or "")
    return not _SIZES.isdisjoint(words)

"""TCK504: a parameter that is none of the module's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind, words_of
from torchcheck.code.chains import made_from
from torchcheck.code.held import held_collections, is_registered_elsewhere, looks_after, passes_on
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import OPTIMIZERS, words

if TYPE_CHECKING:
    from torchcheck.code import AssignView, CallView, ClassView, ExprView
    from torchcheck.facts.hidden import HiddenPart

_PARAMETER = "torch.nn.Parameter"
_CUTS = frozenset(
    {
        "detach",
        "data",
        "item",
        "tolist",
        "numpy",
        "size",
        "numel",
        "dim",
    }
)
_STAND_INS = frozenset({"dummy", "fake"})
"""Words of what only makes a checkpointed segment ask for gradients, and learns nothing."""
_TAKES_LEAVES = OPTIMIZERS | {"grad", "backward"}
_INPUTS = words("z noise latent latents input inputs sample samples")
"""Names of what a model is fed; that it asks for gradients makes it no weight."""


class UnregisteredParameter(Rule):
    """Only an `nn.Parameter` that is itself assigned to an attribute becomes a parameter of the module.

    `nn.Parameter(t).to(device)` and `nn.Parameter(t) * 0.01` give plain tensors computed from a parameter that
    nobody keeps; a tensor with `requires_grad=True` is no parameter either; and a plain list hides the parameters
    in it. Not accused: buffers, tensors without gradients, what is handed to an optimizer, `torch.autograd.grad`,
    an `nn.ParameterList` or `register_parameter` by the user, a dummy for gradient checkpointing, parameters kept
    under another attribute too, and attributes that are set outside the construction of a module (the gradient of
    an input).
    """

    code = "TCK504"
    name = "unregistered-parameter"
    level = Level.ERROR
    why = "It is missing from `parameters()` and `state_dict()`: nothing trains it, moves it or saves it."
    help = "Assign an `nn.Parameter`, and do everything else inside of it: `nn.Parameter(t.to(device))`."
    bad = (
        """\
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(n)) * 0.1

    def forward(self, x):
        return self.factor * x


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 3), Scale(3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 3)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Shift(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.bias = torch.zeros(n, requires_grad=True)

    def forward(self, x):
        return torch.relu(x) + self.bias


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 3), Shift(3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 3)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(n).to("cpu") * 0.1)
        self.register_buffer("steps", torch.zeros(1))

    def forward(self, x):
        return self.factor * x


print(len(list(Scale(3).parameters())))
""",
        """\
import torch
from torch import nn


class Shift(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(n).requires_grad_())
        self.offset = torch.ones(n)

    def forward(self, x):
        return x + self.bias + self.offset


print(len(list(Shift(3).parameters())))
""",
    )

    def hidden(self, fact: HiddenPart) -> Iterable[Found]:
        if fact.layers:
            return
        if fact.computed:
            message = f"`{fact.attribute}` is computed from an `nn.Parameter`, and is none itself."
        elif fact.container:
            message = f"`{fact.attribute}` is a `{fact.container}`: `{fact.owner}` doesn't register its parameters."
        else:
            message = f"`{fact.attribute}` is a tensor with `requires_grad`, and no parameter of `{fact.owner}`."
        yield Found(
            message=message,
            at=fact.place,
            help="Use `nn.ParameterList` (or `nn.ParameterDict`) instead." if fact.container else None,
            step=fact.step,
        )

    def class_(self, view: ClassView) -> Iterable[Found]:
        if not view.is_module or view.has_unknown_base:
            return
        for method in view.initializers:
            if method.owner != view:
                continue
            for assigned in method.assignments:
                attr = assigned.target.self_attribute
                if attr is not None and not assigned.unpacked:
                    yield from (found for found in _judge(view, attr, assigned) if not _is_cared_for(view, attr))
        for held in held_collections(view):
            lost = next((item for item in held.items if _is_lost(item)), None)
            if lost is not None and not held.is_single and not _is_cared_for(view, held.attr):
                yield Found(
                    message=f"`self.{held.attr}` is a plain collection: `{view.name}` doesn't register its parameters.",
                    at=held.at.target,
                    help="Use `nn.ParameterList` (or `nn.ParameterDict`) instead.",
                )


def _is_lost(item: ExprView) -> bool:
    call = item.value.call
    return call is not None and _is_parameter(call) and not is_registered_elsewhere(item)


def _judge(view: ClassView, attr: str, assigned: AssignView) -> Iterable[Found]:
    value = assigned.value
    if value.call is not None and value.call.target == _PARAMETER:
        return
    chain = list(made_from(value))
    if any(_cuts(step) for step in chain):
        return
    inner = next((step.call for step in chain if step.call is not None and _is_parameter(step.call)), None)
    if inner is not None:
        named = [step for step in chain if step.identifier is not None]
        changed = [step for step in chain if not _keeps(step) and step != inner and step not in named]
        if changed and not any(is_registered_elsewhere(step) for step in named if step != value):
            yield Found(
                message=f"`{assigned.target.text}` is computed from an `nn.Parameter`, and is none itself.",
                at=assigned.target,
                help=None if named else f"Put the rest inside: `{_inside(value, inner) or 'nn.Parameter(…)'}`.",
                fix=no_fix if named else _rewrite(value, inner),
            )
    elif _asks_for_gradients(view, attr, value, chain):
        yield Found(
            message=f"`{assigned.target.text}` is a tensor with `requires_grad`, and no parameter of `{view.name}`.",
            at=assigned.target,
            help="Wrap it in `nn.Parameter`.",
            fix=_wrap(value),
        )


def _is_parameter(call: CallView) -> bool:
    wants = call.argument(1, "requires_grad")
    return call.target == _PARAMETER and (wants is None or wants.literal is True)


def _cuts(step: ExprView) -> bool:
    if step.attribute in _CUTS:
        return True
    return step.call is not None and step.call.method in _CUTS


def _keeps(step: ExprView) -> bool:
    """Whether a method in place, which gives the same object, is called."""
    return step.call is not None and step.call.method is not None and step.call.method.endswith("_")


def _asks_for_gradients(view: ClassView, attr: str, value: ExprView, chain: list[ExprView]) -> bool:
    said = set(words_of(attr))
    if not value.kind.is_tensor or value.kind is Kind.PARAMETER or said & (_INPUTS | _STAND_INS):
        return False
    for step in chain:
        call = step.call
        if call is None:
            continue
        if call.method == "requires_grad_" and call.kind.is_tensor:
            first = call.argument(0, "requires_grad")
            return first is None or first.literal is True
        wanted = call.argument(None, "requires_grad")
        if call.target is not None and call.target.startswith("torch.") and wanted is not None:
            return wanted.literal is True
    return any(
        one.target.attribute == "requires_grad"
        and one.target.base is not None
        and one.target.base.self_attribute == attr
        and one.value.literal is True
        for method in view.initializers
        for one in method.assignments
    )


def _is_cared_for(view: ClassView, attr: str) -> bool:
    """Whether the user hands it to what trains or registers it."""
    if looks_after(view, attr):
        return True
    if any(passes_on(call, attr) and _registers(call) for one in view.lineage for call in one.own_calls()):
        return True
    if any(_is_stepped_by_hand(one, attr) for one in view.lineage):
        return True
    return any(call.last_name in _TAKES_LEAVES and call.mentions(attr) for call in view.file.calls)


def _is_stepped_by_hand(view: ClassView, attr: str) -> bool:
    """Whether a method replaces it by what a call makes of it, as an update of its own does."""
    return any(
        name == attr
        and assigned.function not in view.initializers
        and assigned.value.call is not None
        and passes_on(assigned.value.call, attr)
        for name, assigned in view.self_assignments
    )


def _registers(call: CallView) -> bool:
    return call.last_name in ("Parameter", "ParameterList", "ParameterDict", "register_parameter")


def _inside(value: ExprView, inner: CallView) -> str | None:
    """The whole computation, put inside of `nn.Parameter(…)`."""
    first = inner.argument(0, "data")
    if first is None or len(inner.arguments) != 1 or inner.is_open or "\n" in value.file.source_of(value.node):
        return None
    if value.text.count(inner.text) != 1:
        return None
    simple = first.call is not None or first.identifier is not None or first.attribute is not None
    data = first.text if simple else f"({first.text})"
    return f"{inner.func.text}({value.text.replace(inner.text, data)})"


def _rewrite(value: ExprView, inner: CallView) -> FixMaker:
    text = _inside(value, inner)
    return value.file.edits.replace(value, text, "make the whole a parameter") if text is not None else no_fix


def _wrap(value: ExprView) -> FixMaker:
    name = value.file.spelling(_PARAMETER)
    return value.file.edits.wrap(value, f"{name}(", ")", "make it a parameter") if name is not None else no_fix

"""TCK209: `.data` read or written around autograd."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.code import Kind
from torchcheck.code.uses import around, is_assigned, method_called, statement_around
from torchcheck.facts.place import FixMaker, no_fix
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule
from torchcheck.torch_names import words

if TYPE_CHECKING:
    from torchcheck.code import ExprView, FileView

_UNRECORDED = (
    *("torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad", "torch.autograd.inference_mode"),
    *("torch.autograd.grad_mode.no_grad", "torch.autograd.grad_mode.inference_mode"),
)
_SETS_WEIGHTS = words(
    "init initialize initialise reset ema average averaged averaging momentum polyak target sync synchronize broadcast "
    "copy load restore store swap fuse merge unmerge tie prune quantize normalize normalise renorm constrain clip "
    "clamp spectral mask surgery inflate convert perturb mutate crossover"
)
"""Parts of the names of functions that set weights between two steps, where nothing is recorded anyway."""
_NOT_TENSORS = words("self cls batch sample request response event item node graph dataset data")
_STATES = words("hidden hx cx hn cn h_n c_n h_t c_t")
"""Names of what a recurrent network carries along."""
_NEW = words(
    "zeros ones empty full tensor as_tensor from_numpy arange linspace logspace eye rand randn randint randperm normal "
    "zeros_like ones_like empty_like full_like rand_like randn_like randint_like bernoulli multinomial argmax argmin "
    "argsort"
)
"""Functions of torch whose result has no graph."""
_WEIGHTS = words("p param w b")
"""Names of weights; a weight is accused only where its gradient takes part: anything else sets it, as a load does."""


class DataAttribute(Rule):
    """`.data` is the tensor without autograd's knowledge: a change through it is neither recorded nor noticed.

    A weight moved along its gradient, or an activation changed, through `.data`; and a loss or a hidden state read
    through it. Not accused: what initialises, loads, averages or bounds weights, buffers and new tensors, what stands
    under `torch.no_grad()`, an optimizer's own step, `.grad.data`, and objects other than tensors that have a `data`.
    """

    code = "TCK209"
    name = "data-attribute"
    level = Level.WARNING
    preview = True
    why = "Autograd can't notice a change through `.data`: gradients that need the old values come out silently wrong."
    help = "Read with `.detach()`; write under `with torch.no_grad():`, to the tensor itself."
    bad = (
        """\
import torch

w = torch.ones(3, requires_grad=True)
x = torch.tensor([1.0, 2.0, 3.0])
for _ in range(3):
    loss = (w * x).pow(2).sum()
    loss.backward()
    w.data -= 0.01 * w.grad
    w.grad = None
print(w)
""",
        """\
import torch

y = torch.ones(3, requires_grad=True).exp()
y.data.mul_(2)
y.sum().backward()
""",
    )
    good = (
        """\
import torch

w = torch.ones(3, requires_grad=True)
x = torch.tensor([1.0, 2.0, 3.0])
for _ in range(3):
    loss = (w * x).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.01 * w.grad
    w.grad = None
print(w)
""",
        """\
import torch
from torch import nn


def init_weights(module):
    if isinstance(module, nn.Linear):
        module.weight.data.normal_(0, 0.02)


model = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 1))
model.apply(init_weights)
print(model(torch.ones(1, 3)))
""",
    )

    def file(self, view: FileView) -> Iterable[Found]:
        if "data" not in view.identifiers:
            return
        every = view.attributes("data")
        writing = {statement_around(data) for data in every if _is_changed(data)}
        for data in every:
            owner = data.base
            if owner is None or data.name is not None or owner.attribute == "grad" or _is_left_alone(data):
                continue
            if _is_changed(data):
                if _is_accused(data, owner):
                    yield _written(data, owner)
            elif statement_around(data) not in writing and _is_read(owner):
                yield _read(data, owner)


def _written(data: ExprView, owner: ExprView) -> Found:
    return Found(
        message=f"`{data.text}` is written to behind autograd's back.",
        at=data,
        help=f"Write to `{owner.text}` itself, under `with torch.no_grad():`.",
    )


def _read(data: ExprView, owner: ExprView) -> Found:
    item = around(data)
    if item is not None and item.base == data and item.text.endswith("[0]") and _is_a_loss(owner):
        return Found(
            message=f"`{item.text}` is from before torch 0.4: a loss has no axis to index.",
            at=data,
            help=f"Read the number with `{owner.text}.item()`.",
            fix=data.file.edits.replace(item, f"{owner.text}.item()", "read the number"),
        )
    return Found(
        message=f"`{data.text}` reads the tensor behind autograd's back.",
        at=data,
        help=f"Write `{owner.text}.detach()`.",
        fix=_detach(data, owner),
    )


def _detach(data: ExprView, owner: ExprView) -> FixMaker:
    if "\n" in data.file.source_of(data.node):
        return no_fix
    return data.file.edits.replace(data, f"{owner.text}.detach()", "detach it, which autograd knows of")


def _is_left_alone(data: ExprView) -> bool:
    function = data.function
    while function is not None:
        if function.name == "__init__" or not _SETS_WEIGHTS.isdisjoint(function.name.lower().split("_")):
            return True
        function = function.function
    if data.in_class is not None and any(_is_optimizer(base) for base in data.in_class.bases):
        return True
    return data.within(*_UNRECORDED)


def _is_optimizer(base: ExprView) -> bool:
    return (base.name or base.identifier or base.attribute or "").rpartition(".")[2].endswith("Optimizer")


def _is_changed(data: ExprView) -> bool:
    called = method_called(data)
    method = called.last_name if called is not None else ""
    return is_assigned(data) or (method.endswith("_") and not method.endswith("__"))


def _is_accused(data: ExprView, owner: ExprView) -> bool:
    """Whether what changes through `.data` is surely a tensor, and not just set between two runs."""
    if owner.identifier in _NOT_TENSORS:
        return False
    if not is_assigned(data) and _is_computed(owner):
        return True
    known = owner.kind.is_tensor or owner.attribute in ("weight", "bias") or owner.identifier in _WEIGHTS
    statement = statement_around(data)
    return known and statement is not None and statement.mentions("grad")


def _is_computed(owner: ExprView) -> bool:
    """Whether it is a tensor that was computed, so that a graph may hang on it; buffers and new tensors have none."""
    if owner.kind is not Kind.TENSOR or owner.self_attribute is not None:
        return False
    value, steps = owner.value, 0
    while value.call is not None and value.call.target is None and value.call.receiver is not None:
        if value.call.last_name == "requires_grad_":
            return steps > 0
        value, steps = value.call.receiver.value, steps + 1
    call = value.call
    if call is None or not (call.target or "").startswith("torch.") or call.last_name not in _NEW:
        return True
    return steps > 0 and call.argument(None, "requires_grad") is not None


def _is_read(owner: ExprView) -> bool:
    """Whether it is a loss or a hidden state: of other tensors `.data` is read to no harm."""
    return owner.kind in (Kind.UNKNOWN, Kind.TENSOR) and (_is_a_loss(owner) or owner.identifier in _STATES)


def _is_a_loss(owner: ExprView) -> bool:
    if owner.call is not None:
        return False
    name = (owner.attribute or owner.identifier or "").lower()
    return name.startswith("loss") or name.endswith("loss")

"""Softmax and log-softmax: the fact of which axis they run over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchcheck.facts.loss import Activation
from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.lint.interp.torch_values import Applied, Module, Tensor
from torchcheck.lint.interp.values import Const, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

_LONGEST_NAME = 40
_DIM = "dim"
_KINDS = (Activation.SOFTMAX, Activation.LOG_SOFTMAX)


def note_call(m: Machine, activation: Activation, site: CallSite, index: int, value: Value, applied: Applied) -> None:
    """`F.softmax(x, dim)` and `x.softmax(dim)`; `index` says where the axis stands among the arguments."""
    if activation not in _KINDS:
        return
    given = site.arg(index, _DIM) or site.arg(-1, "axis")
    implicit = (given is None or given == Const(None)) and not site.open and index == 1
    _note(m, m.text(site.node.func), given, implicit, value, applied)


def note_module(m: Machine, activation: Activation, module: Module, value: Value, applied: Applied) -> None:
    """A call of `nn.Softmax(dim)`. One without an axis is accused where it was built."""
    if activation in _KINDS and not module.kind.endswith("2d"):
        _note(m, module.spelling, module.arguments.get(_DIM), False, value, applied)


def note_built(m: Machine, module: Module, site: CallSite) -> None:
    """`nn.Softmax()`: whatever it is given, it has no axis."""
    if module.kind not in ("torch.nn.Softmax", "torch.nn.LogSoftmax") or site.args or site.open:
        return
    if site.keywords.get(_DIM, Const(None)) == Const(None):
        fact = SoftmaxApplied(spelling=module.spelling, place=module.place, implicit=True)
        m.facts.softmaxes.append((m.frame.file, fact))


def note_fed(m: Machine, given: Tensor, loss: str) -> None:
    """A loss is fed with what a softmax gave."""
    applied = given.applied
    if applied is not None and applied.softmax is not None and given.activation in _KINDS:
        m.facts.softmaxes.append((applied.place.file, replace(applied.softmax, loss=loss)))


def _note(m: Machine, spelling: str, dim: Value | None, implicit: bool, value: Value, applied: Applied) -> None:
    axis = dim.value if isinstance(dim, Const) and type(dim.value) is int else None
    if axis is None and not implicit:
        return
    tensor = value if isinstance(value, Tensor) else Tensor()
    name = m.text(applied.argument) if applied.argument is not None else ""
    applied.softmax = SoftmaxApplied(
        spelling=spelling,
        place=applied.place,
        dim=axis,
        implicit=implicit,
        input_name=name if 0 < len(name) <= _LONGEST_NAME else None,
        input_shape=tensor.shape,
        classes=tensor.width,
        follows_layer=tensor.activation is Activation.LINEAR,
    )
    m.facts.softmaxes.append((applied.place.file, applied.softmax))

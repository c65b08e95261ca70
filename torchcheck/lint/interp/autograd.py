"""The functions of `torch.autograd`, and of its distributed relative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint.interp.join import plain
from torchcheck.lint.interp.optimizers import backward
from torchcheck.lint.interp.tensors import deps_of
from torchcheck.lint.interp.torch_values import NOTHING, Tensor
from torchcheck.lint.interp.values import UNKNOWN, Const, Sequence, Value, sequence

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine


def backward_of(m: Machine, name: str, site: CallSite) -> Value:
    """`torch.autograd.backward` of one loss or several."""
    first = plain(site.arg(0, "tensors") or UNKNOWN)
    if isinstance(first, Sequence):
        m.happen(Act.BACKWARD, site.node, deps=deps_of(first))
        return Const(None)
    return backward(m, site, first)


def grad(m: Machine, name: str, site: CallSite) -> Value:
    """Gradients that are given back: they depend on what the outputs depend on, if a graph is made of them at all."""
    m.use(*site.values())
    outputs, inputs = site.arg(0, "outputs"), plain(site.arg(1, "inputs") or UNKNOWN)
    count = 1 if isinstance(inputs, Tensor) else len(inputs.items) if isinstance(inputs, Sequence) else 0
    if site.open or outputs is None or not count:
        return UNKNOWN
    keeps = site.arg(4, "create_graph")
    makes_graph = keeps is not None and not (isinstance(keeps, Const) and not keeps.value)
    gradient = Tensor(deps=deps_of(outputs) if makes_graph else NOTHING)
    return sequence("tuple", [gradient] * count, open=isinstance(inputs, Sequence) and inputs.open)


def distributed_backward(m: Machine, name: str, site: CallSite) -> Value:
    """Gradients that go into a context of their own, not to `p.grad`."""
    m.use(*site.values())
    m.happen(Act.UNKNOWN, site.node)
    return UNKNOWN

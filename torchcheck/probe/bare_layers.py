"""First layers that no module runs: `F.linear(x, w)` and `x @ w`, found in the graph of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from torchcheck.probe.birth import forward_order
from torchcheck.probe.operations import LEAF, operation

_MULTIPLIES = {
    # node: the saved data, its position among the inputs, the position of the weight
    "AddmmBackward0": ("mat1", 1, 2),
    "MmBackward0": ("self", 0, 1),
    "MvBackward0": ("self", 0, 1),
    "ConvolutionBackward0": ("input", 0, 1),
}


@dataclass(eq=False)
class Bare:
    """A product of data and a weight."""

    data: Tensor
    weight: Tensor
    kind: str
    next_kind: str | None


def bare_layers(loss: Tensor) -> Iterator[Bare]:
    """The products of constants and weights in the graph of a loss."""
    if loss.grad_fn is None:
        return
    order = forward_order(loss.grad_fn)
    for i, node in enumerate(order):
        if node.name() not in _MULTIPLIES:
            continue
        name, of_data, of_weight = _MULTIPLIES[node.name()]
        children = [child for child, _ in node.next_functions]
        weight = _leaf(children[of_weight])
        data = getattr(node, f"_saved_{name}", None) if children[of_data] is None else None
        if weight is not None and isinstance(data, Tensor):
            norms = [operation(later) for later in order[i + 1 : i + 4] if "norm" in operation(later)]
            yield Bare(data.detach(), weight, operation(node), norms[0] if norms else None)


def _leaf(node: Any) -> Tensor | None:
    """The trained leaf behind a node, a transposition aside."""
    if node is not None and node.name() == "TBackward0":
        node = node.next_functions[0][0]
    found: Tensor | None = node.variable if node is not None and node.name() == LEAF else None
    return found

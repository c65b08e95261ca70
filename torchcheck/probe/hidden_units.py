"""The activations between the layers of a model, found in the graph of a backward, whatever way they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from torchcheck.probe.activations import POOLS, VIEWS, is_layer, is_mask, is_parameter, kind_of
from torchcheck.probe.graph import nodes
from torchcheck.probe.phases.calls import tensors
from torchcheck.probe.regions import layer_before

_NORMS = frozenset({"NativeBatchNorm", "CudnnBatchNorm", "MiopenBatchNorm", "NativeLayerNorm", "NativeGroupNorm"})
_JOINS = frozenset({"Cat", "Stack"})
_THROUGH = VIEWS | POOLS | _NORMS | _JOINS
_OUTPUT = "torchcheck_output"
_MOST = 512
_FAR = 12
"""Operations between an activation and the layer that it feeds."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """An activation that feeds a layer with weights.

    Attributes:
        kind: `relu`, `sigmoid` or `tanh`.
        values: its values; of a rectifier perhaps those that it was given.
        weight: of the layer before it.
        normed: a batch norm stands between the two.
    """

    kind: str
    values: Tensor
    weight: Tensor
    normed: bool


def mark_outputs(module: nn.Module, output: Any) -> None:
    """Note which sigmoids and tanhs are the output of a whole network: an image, an action, a probability."""
    for tensor in tensors(output, depth=1):
        node: Any = tensor.grad_fn
        for _ in range(_FAR):
            if node is None or kind_of(node) not in VIEWS:
                break
            node = node.next_functions[0][0]
        if node is not None and kind_of(node) in ("Sigmoid", "Tanh") and _is_network(module):
            node.metadata[_OUTPUT] = True


def _is_network(module: nn.Module) -> bool:
    """Whether a module has several parts with weights."""
    layers = (
        part for part in module.modules() if any(p is not None and p.dim() > 1 for p in part._parameters.values())
    )
    return next(layers, None) is not None and next(layers, None) is not None


def hidden_activations(root: Any) -> Iterator[Hidden]:
    """Every activation of a graph whose result a layer with weights takes in.

    What feeds no layer is left out: gates are multiplied, probabilities go into a loss, attention mixes values. So is
    the output of a network that another one takes in, as a discriminator does that of a generator.
    """
    seen: set[Any] = set()
    for node in nodes(root):
        below = node.next_functions
        if not is_layer(kind_of(node), below):
            continue
        for child, _ in below:
            if child is None or is_parameter(child):
                continue
            for found in _activations(child):
                if found not in seen and len(seen) < _MOST:
                    seen.add(found)
                    hidden = None if _OUTPUT in found.metadata else _read(found)
                    if hidden is not None:
                        yield hidden


def _activations(start: Any) -> list[Any]:
    """The activation nodes above which only views, pools, norms, dropout and joins lie."""
    found, level, seen = [], [start], {start}
    for _ in range(_FAR):
        following: list[Any] = []
        for node in level:
            if _kind(node) is not None:
                found.append(node)
                continue
            for child in _passed(node):
                if child not in seen:
                    seen.add(child)
                    following.append(child)
        level = following
    return found


def _passed(node: Any) -> list[Any]:
    kind = kind_of(node)
    children = [child for child, _ in node.next_functions if child is not None]
    if kind in _JOINS:
        return children
    if kind in _THROUGH:
        return children[:1]
    if kind == "Mul" and len(children) == 1 and _is_dropout(node):
        return children
    return []


def _is_dropout(node: Any) -> bool:
    below = node.next_functions
    factor = node._saved_other if below[0][0] is not None else node._saved_self
    return isinstance(factor, Tensor) and factor.device.type == "cpu" and factor.dim() > 0 and is_mask(factor)


_KINDS = {"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh"}


def _kind(node: Any) -> str | None:
    kind = kind_of(node)
    if kind == "Hardtanh":
        return "relu" if node._saved_min_val == 0 else None
    if kind in ("Clamp", "ClampMin"):
        return "relu" if getattr(node, "_saved_min", None) == 0 and not isinstance(node._saved_min, Tensor) else None
    return _KINDS.get(kind)


def _read(node: Any) -> Hidden | None:
    """The values of an activation; None where they were written over, or no layer stands before it."""
    kind = _kind(node)
    weight = layer_before(node)
    if kind is None or weight is None:
        return None
    try:
        values = node._saved_result if hasattr(node, "_saved_result") else node._saved_self
    except RuntimeError:
        return None
    below = _below(node)
    return Hidden(kind, values.detach(), weight, normed=below is not None and "BatchNorm" in kind_of(below))


def _below(node: Any) -> Any | None:
    children = [child for child, _ in node.next_functions if child is not None]
    return children[0] if children else None

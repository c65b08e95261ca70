"""Where in a graph the first value that is not finite was born."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from torchcheck.probe.graph import nodes
from torchcheck.probe.operations import (
    LEAF,
    STEEP,
    ZERO,
    is_finite,
    is_result,
    operation,
    producer,
    saved,
    violation,
)

_CASTS = ("ToCopyBackward0", "MulBackward0")
_PRODUCTS = ("AddmmBackward0", "MmBackward0", "ConvolutionBackward0")
_GUARDS = ("WhereBackward0", "MaskedFillBackward0")


_LOOKED_AT, _TELLING = 4096, 8
"""Values of an input that are looked at for the traces of a cast, and how many of them must have digits to tell."""


@dataclass(eq=False)
class Birth:
    """Where a NaN or an infinity comes from.

    Attributes:
        what, name, value, dtype, index, inputs_absmax, cause: as in `facts.non_finite.NonFinite`.
        node: the operation; None when it was no operation of this graph.
        parameter: the weight that holds it, or whose gradient does.
    """

    what: str
    name: str
    value: str
    dtype: str
    index: tuple[int, ...] | None = None
    inputs_absmax: float | None = None
    cause: str | None = None
    node: Any = None
    parameter: Tensor | None = None


def forward_order(root: Any) -> list[Any]:
    """The operations of a graph in the order in which the forward pass ran them."""
    return sorted((n for n in nodes(root) if n.name() != LEAF), key=lambda node: node._sequence_nr())


def of_loss(loss: Tensor) -> Birth | None:
    """The birth of what makes this loss not finite, found in the values that its graph has saved.

    Looks at weights first (they were broken before this pass), then at every operation in forward order: the first
    whose result is not finite, or which met something that it is not defined for, or whose input is not finite though
    all before it was in order.
    """
    if loss.grad_fn is None:
        return None
    for leaf in (n.variable for n in nodes(loss.grad_fn) if n.name() == LEAF):
        if not is_finite(leaf.detach()):
            what = "weight" if isinstance(leaf, torch.nn.Parameter) else "input"
            return _of_tensor(what, what, leaf.detach(), parameter=leaf)
    order = forward_order(loss.grad_fn)
    guarded = _guarded(order)
    spare: Birth | None = None
    for node in order:
        birth = _at(node, loss)
        if birth is not None and (birth.cause is None or node not in guarded):
            return birth
        spare = spare or birth
    return spare or _at_the_end(loss, order)


def _at_the_end(loss: Tensor, order: list[Any]) -> Birth:
    """Nothing that was saved shows it: the last operations made it, in float16 or from values beyond reason."""
    node: Any = loss.grad_fn
    while node.name() in _CASTS and node.next_functions and node.next_functions[0][0] is not None:
        node = node.next_functions[0][0]
    made_in = node._input_metadata[0].dtype if hasattr(node, "_input_metadata") else loss.dtype
    birth = _of_tensor("loss", operation(node), loss.detach(), node=node, cause=_huge(order))
    if made_in is torch.float16 and birth.value == "inf":
        birth.what, birth.dtype, birth.cause = "activation", "float16", None
    return birth


def of_gradients(loss: Tensor, broken: Sequence[Tensor], gradient: Tensor) -> Birth:
    """The likely birth of gradients that are not finite though the loss is.

    What the graph saved is gone by then. But a gradient that breaks in an operation is broken for every weight below
    it: suspected is the steepest operation whose weights are all among the broken ones, and which has most of them.
    """
    suspect = _suspect(loss, broken) if loss.grad_fn is not None else None
    name = operation(suspect) if suspect is not None else "gradient"
    cause = STEEP[_kind(suspect)] if suspect is not None else None
    return _of_tensor("gradient", name, gradient, node=suspect, cause=cause, parameter=broken[0])


def _suspect(loss: Tensor, broken: Sequence[Tensor]) -> Any | None:
    ids = {id(tensor) for tensor in broken}
    below: dict[Any, frozenset[int]] = {}
    for node in nodes(loss.grad_fn):
        if node.name() == LEAF:
            below[node] = frozenset((id(node.variable),))
    order = forward_order(loss.grad_fn)
    for node in order:
        below[node] = frozenset().union(*(below.get(child, frozenset()) for child, _ in node.next_functions if child))
    suspects = [n for n in order if _kind(n) in STEEP and below[n] and below[n] <= ids]
    ranks = {kind: rank for rank, kind in enumerate(STEEP)}
    return min(suspects, key=lambda n: (-len(below[n]), ranks[_kind(n)]), default=None)


def _kind(node: Any) -> str:
    return re.sub(r"\d+$", "", node.name())


def _at(node: Any, loss: Tensor) -> Birth | None:
    """The birth that this operation shows: in what it was given, or in what it made."""
    values = list(saved(node))
    for name, tensor in values:
        if not is_result(name) and not is_finite(tensor):
            return _of_input(node, name, tensor)
    cause = violation(node)
    made = next((t for name, t in values if is_result(name) and not is_finite(t) and not _is_mask(node, t)), None)
    if made is None and cause is None:
        return None
    if made is not None and "Softmax" in node.name():
        source = producer(node, "self")
        if source is not None and source.name() in _PRODUCTS:  # nothing masked it: the product itself overflowed
            return _of_tensor("activation", operation(source), made, node=source, inputs_absmax=_absmax(saved(source)))
        cause = _emptied(made)
    shown = made if made is not None else loss.detach()
    return Birth(
        what="activation",
        name=operation(node),
        value="inf" if cause == ZERO else "nan" if bool(torch.isnan(shown).any()) else "inf",
        dtype=_dtype(made if made is not None else values[0][1] if values else None),
        index=None if made is None else first_index(made),
        inputs_absmax=_absmax(values),
        cause=cause,
        node=node,
    )


def _of_input(node: Any, name: str, tensor: Tensor) -> Birth | None:
    """An operation was given something not finite: data, or what another operation made without a trace."""
    source = producer(node, name)
    if source is None:
        return (
            None
            if name == "weight"
            else _of_tensor("input", "target" if name == "target" else "input", tensor, node=node)
        )
    if source.name() == LEAF:
        return _of_tensor("input", "input", tensor, node=node)
    return _of_tensor("activation", operation(source), tensor, node=source, inputs_absmax=_absmax(saved(source)))


def _of_tensor(what: str, name: str, tensor: Tensor, **known: Any) -> Birth:
    value = "nan" if bool(torch.isnan(tensor).any()) else "inf"
    if what == "input" and value == "inf" and _was_half(tensor):
        return Birth(what, name, value, "float16", first_index(tensor), cause="a cast to float16", **known)
    return Birth(what, name, value, _dtype(tensor), first_index(tensor), **known)


def _was_half(tensor: Tensor) -> bool:
    """Whether float32 data have been float16 before: no value needs more digits than float16 has, and many need all."""
    if tensor.dtype is not torch.float32:
        return False
    values = tensor.detach().flatten()[:_LOOKED_AT]
    values = values[torch.isfinite(values)]
    fine = values != values.round()  # whole numbers and zeros tell nothing
    held = bool((values.half().float() == values).all())
    return held and int(fine.sum()) >= _TELLING


def _is_mask(node: Any, made: Tensor) -> bool:
    """Whether log-probabilities of minus infinity stand for choices that are masked out."""
    return "LogSoftmax" in node.name() and bool((torch.isfinite(made) | (made == -torch.inf)).all())


def _emptied(made: Tensor) -> str | None:
    nan = bool(torch.isnan(made).any())
    return "a row that is masked out entirely (all -inf)" if nan else None


def _guarded(order: Iterable[Any]) -> set[Any]:
    """Operations whose results a `where` or a mask may discard: at most three steps below one."""
    guarded: set[Any] = set()
    layer = [node for node in order if node.name() in _GUARDS]
    for _ in range(3):
        layer = [child for node in layer for child, _ in node.next_functions if child is not None]
        guarded.update(layer)
    return guarded


def _huge(order: Iterable[Any]) -> str | None:
    """The size of the largest value in the graph, if it is beyond reason."""
    largest = max((_absmax(saved(node)) or 0.0 for node in order), default=0.0)
    return f"values up to {largest:.0e}" if largest > 1e15 else None


def _absmax(values: Iterable[tuple[str, Tensor]]) -> float | None:
    """The largest finite magnitude among what an operation was given."""
    sizes = [
        t.abs().nan_to_num(0.0, 0.0, 0.0).max().item() for name, t in values if not is_result(name) and is_finite(t)
    ]
    return max(sizes, default=None)


def first_index(tensor: Tensor) -> tuple[int, ...] | None:
    """The index of the first element that is not finite."""
    bad = (~torch.isfinite(tensor)).flatten()
    if not bool(bad.any()):
        return None
    position, index = int(bad.int().argmax()), []
    for size in reversed(tensor.shape):
        position, rest = divmod(position, size)
        index.append(rest)
    return tuple(reversed(index))


def _dtype(tensor: Tensor | None) -> str:
    return "float32" if tensor is None else str(tensor.dtype).removeprefix("torch.")

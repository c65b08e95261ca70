"""Differences of a loss written by hand in which prediction and target broadcast against each other."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchcheck.facts.loss import Shape
from torchcheck.probe.activations import kind_of

_SAVED = {"Pow": "_saved_self", "Abs": "_saved_self", "Mul": "_saved_self", "LinalgVectorNorm": "_saved_self"}
_ON_PURPOSE = frozenset({"Unsqueeze", "Expand"})
_AVERAGES = frozenset(
    {
        *("Mean", "Sum", "Add", "Sub", "Rsub", "Neg", "Mul", "Div", "Sqrt", "Pow", "Where", "Index", "MaskedSelect"),
        *("Stack", "Cat", "Clone", "ToCopy", "View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze"),
    }
)
_CORNER = 64  # rows and columns compared


def is_not_averaged(node: Any) -> bool:
    """Whether a node does more to a matrix of errors than weigh, add and average them: an error of each row against
    each column is made on purpose where a kernel, a minimum or a ranking comes of it."""
    return kind_of(node) not in _AVERAGES


def stretched_by_hand(node: Any) -> tuple[Shape, Shape] | None:
    """Shapes of prediction and target, if `node` squares (or takes the magnitude of) a difference that broadcast.

    Sees a difference of shape (N, N) between a prediction of N values and a target of N that has no gradient. That
    the target has N values, not N x N, is read from the difference: its rows then differ by a constant. A pairwise
    difference made on purpose has an `unsqueeze` above the prediction, or two sides with gradients.
    """
    kind = kind_of(node)
    if kind not in _SAVED:
        return None
    below = {child for child, _ in node.next_functions if child is not None}
    difference = below.pop() if len(below) == 1 else None
    if difference is None or kind_of(difference) not in ("Sub", "Rsub"):
        return None
    size = _square(difference)
    prediction = _prediction(difference)
    if size is None or prediction not in ((size, 1), (size,)) or not _is_outer(getattr(node, _SAVED[kind], None)):
        return None
    target = (size,) if prediction == (size, 1) else (size, 1)
    return prediction, target


def _square(difference: Any) -> int | None:
    shape = tuple(difference._input_metadata[0].shape)
    return int(shape[0]) if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1 else None


def _prediction(difference: Any) -> Shape | None:
    """The shape of the only side with a gradient, unless it was stretched on purpose."""
    sides = [(child, output) for child, output in difference.next_functions if child is not None]
    if len(sides) != 1 or kind_of(sides[0][0]) in _ON_PURPOSE:
        return None
    child, output = sides[0]
    metadata = child._input_metadata
    return tuple(int(size) for size in metadata[output].shape) if output < len(metadata) else None


def _is_outer(difference: Tensor | None) -> bool:
    """Whether `difference[i, j]` is a value of row i minus a value of column j. Reads from the device."""
    if difference is None or difference.dim() != 2:
        return False
    with torch.no_grad():
        corner = difference.detach()[:_CORNER, :_CORNER].double()
        rows = corner - corner[:, :1]
        tolerance = 1e-4 * float(corner.abs().max()) + 1e-12
        return bool((rows - rows[:1]).abs().max() <= tolerance)

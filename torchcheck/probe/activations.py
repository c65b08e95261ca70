"""What a tensor went through last, proved by the graph that autograd has recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from torchcheck.facts.loss import Activation
from torchcheck.probe.graph import LEAF

_DEEPEST = 64


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VIEWS = _names(
    "View UnsafeView ReshapeAlias _ReshapeAlias Permute Transpose T Squeeze Unsqueeze Expand Clone Alias AsStrided "
    "Slice Select Index IndexSelect Narrow Split SplitWithSizes UnsafeSplit UnsafeSplitWithSizes Unbind Diagonal "
    "ToCopy MaskedFill MaskedSelect Gather Repeat Roll Flip ConstantPadNd PixelShuffle Unfold Detach Contiguous "
    "UpsampleBilinear2D UpsampleNearest2D UpsampleNearest1D UpsampleLinear1D UpsampleBicubic2D UpsampleTrilinear3D "
    "UpsampleNearest3D NativeDropout"
)
"""Nodes that keep what the values mean: views, copies, casts, selections, masks, interpolations."""

POOLS = _names(
    "Mean Max Min Amax Amin Median AvgPool2D AvgPool3D AdaptiveAvgPool2D AdaptiveAvgPool3D MaxPool2DWithIndices "
    "MaxPool3DWithIndices AdaptiveMaxPool2D MkldnnAdaptiveAvgPool2D"
)
"""Nodes whose every value is an average or one of what went in: probabilities stay so, logits too. Rectified values
that are pooled afterwards (SqueezeNet) are another thing than a rectifier at the end."""

_JOINS = _names("Cat Stack Where Gather")
_THROUGH = frozenset({"BackwardHookFunctionBackward", "_DDPSinkBackward"})  # the n-th output is the n-th input
_LAYERS = _names(
    "Addmm Convolution ConvolutionOverrideable Linear MkldnnLinear MkldnnConvolution CudnnConvolution Trilinear "
    "Addbmm SlowConv2D SlowConvTranspose2D ThnnConv2D"
)
_PRODUCTS = _names("Mm Bmm Mv Matmul")
_SUMS = _names("Add Sub Rsub")
_GUARDS = _names("Add Clamp ClampMin")  # `log(p + eps)`, `log(p.clamp(min=eps))`
_OPAQUE = frozenset({"CompiledFunctionBackward", "CheckpointFunctionBackward"})

_PLAIN = {
    "Softmax": Activation.SOFTMAX,
    "LogSoftmax": Activation.LOG_SOFTMAX,
    "Sigmoid": Activation.SIGMOID,
    "LogSigmoid": Activation.LOG_SIGMOID,
    "Relu": Activation.RELU,
    "LeakyRelu": Activation.LEAKY_RELU,
    "Celu": Activation.CELU,
    "Gelu": Activation.GELU,
    "Silu": Activation.SILU,
    "Mish": Activation.MISH,
    "Softplus": Activation.SOFTPLUS,
    "Tanh": Activation.TANH,
}
ACTIVATION_NODES = frozenset(f"{name}Backward0" for name in (*_PLAIN, "Elu", "Hardtanh"))
_SELU_ALPHA = 1.6732632423543772


_RECTIFIERS = frozenset(
    {Activation.RELU, Activation.RELU6, Activation.LEAKY_RELU, Activation.ELU, Activation.SELU, Activation.GELU}
)
_PROBABILITIES = frozenset({Activation.SOFTMAX, Activation.SIGMOID})
_POOLED = _PROBABILITIES | {Activation.LINEAR}
_SCALABLE = _POOLED | _RECTIFIERS
_NO_CLIP = (0.01, 0.99)  # a clamp to at least this range only guards probabilities against 0 and 1
_LOOKED_AT = 512  # elements of a factor, to tell a mask


@dataclass(frozen=True, slots=True)
class Applied:
    """The last activation of a tensor.

    Attributes:
        activation: UNKNOWN where the graph proves nothing.
        node: the graph node that applied it.
        opaque: name of a node that hides what lies below it, if one was met.
        scale, terms, shifted: what was done to it since: the factor (of a sum: their sum), how many such values were
            added up, and whether a constant was added.
    """

    activation: Activation
    node: Any = None
    opaque: str | None = None
    scale: float = 1.0
    terms: int = 1
    shifted: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the value is still what the activation gives: unchanged, or an average of several."""
        if self.activation is Activation.LINEAR:
            return True
        whole = abs(self.scale - 1) < 1e-4
        return whole and (
            (not self.shifted and self.terms == 1) or (self.activation in _PROBABILITIES and self.terms > 1)
        )


_UNKNOWN = Applied(Activation.UNKNOWN)


def kind_of(node: Any) -> str:
    """The name of a node without what torch appends: `Softmax` for `SoftmaxBackward0`."""
    name: str = node.name()
    return name.rstrip("0123456789").removesuffix("Backward") if name[-1:].isdigit() else name


def last_activation(node: Any, output: int = 0) -> Applied:
    """What the tensor with this `grad_fn` went through last, views and casts aside.

    Reads small constants of the graph that lie on the CPU, never a value from another device.
    """
    applied = _trace(node, output, 0)
    return applied if applied.is_plain or applied.activation is Activation.UNKNOWN else _UNKNOWN


def _trace(node: Any, output: int, depth: int) -> Applied:
    while node is not None and depth < _DEEPEST:
        depth += 1
        kind = kind_of(node)
        below = node.next_functions
        if kind in _PLAIN:
            return Applied(_PLAIN[kind], node)
        if kind in _JOINS:
            return _joined(below, depth)
        if kind in VIEWS:
            node, output = _first(below)
        elif kind in _THROUGH:
            node, output = below[output] if output < len(below) else (None, 0)
        else:
            return _computed(kind, node, below, depth)
    return _UNKNOWN


def _first(below: Any) -> tuple[Any, int]:
    return below[0] if below else (None, 0)


def _computed(kind: str, node: Any, below: Any, depth: int) -> Applied:
    if is_layer(kind, below):
        return Applied(Activation.LINEAR, node)
    if kind in _SUMS:
        return _sum(kind, node, below, depth)
    if kind in ("Mul", "Div", "Reciprocal"):
        return _product(kind, node, below, depth)
    if kind in POOLS:
        inner = _trace(*_first(below), depth)
        return inner if inner.activation in _POOLED else _UNKNOWN
    if kind in ("Clamp", "ClampMin", "ClampMax"):
        return _clamped(node, _trace(*_first(below), depth))
    if kind in ("Log", "Exp"):
        return _log(node, below, depth) if kind == "Log" else _exp(node, below, depth)
    if kind == "Elu":
        return Applied(_elu(node), node)
    if kind == "Hardtanh":
        return Applied(Activation.RELU6, node) if _limits(node) == (0, 6) else _UNKNOWN
    return Applied(Activation.UNKNOWN, opaque=kind) if kind in _OPAQUE else _UNKNOWN


def is_layer(kind: str, below: Any) -> bool:
    """Whether weights that learn stand here; a fixed filter (a blur of a mask) keeps probabilities what they are."""
    if kind in _LAYERS:
        return sum(child is not None for child, _ in below) >= 2 or any(is_parameter(child) for child, _ in below)
    return kind in _PRODUCTS and any(is_parameter(child) for child, _ in below)


def _joined(below: Any, depth: int) -> Applied:
    """Parts that were put together: what all of them went through; constants among them say nothing."""
    parts = [_trace(child, output, depth) for child, output in below if child is not None]
    if not parts or any(part.activation is not parts[0].activation or not part.is_plain for part in parts):
        return _UNKNOWN
    return parts[0]


def _sum(kind: str, node: Any, below: Any, depth: int) -> Applied:
    """A linear map plus a bias, a constant or another linear map is a linear map; probabilities may be averaged."""
    present = _present(below)
    parts = [_trace(child, output, depth) for child, output in present]
    others = [
        child for (child, _), part in zip(present, parts, strict=True) if part.activation is not Activation.LINEAR
    ]
    if len(others) < len(present) and all(is_parameter(child) for child in others):
        return Applied(Activation.LINEAR, node)
    first = parts[0] if parts else _UNKNOWN
    if kind != "Add" or first.activation not in _PROBABILITIES or node._saved_alpha != 1:
        return _UNKNOWN
    if any(part.activation is not first.activation for part in parts):
        return _UNKNOWN
    shifted = len(parts) < len(below) or any(part.shifted for part in parts)
    scale, terms = sum(part.scale for part in parts), sum(part.terms for part in parts)
    return replace(first, scale=scale, terms=terms, shifted=shifted)


def _present(below: Any) -> list[tuple[Any, int]]:
    return [(child, output) for child, output in below if child is not None]


def _product(kind: str, node: Any, below: Any, depth: int) -> Applied:
    if kind == "Div" and _is_softmax_by_hand(below):
        return Applied(Activation.SOFTMAX, node)
    if kind != "Div" and _is_sigmoid_by_hand(node):
        return Applied(Activation.SIGMOID, node)
    present = _present(below)
    if kind == "Reciprocal" or len(present) != 1 or (kind == "Div" and below[0][0] is None):
        return _UNKNOWN
    factor = node._saved_other if below[0][0] is not None else node._saved_self
    inner = _trace(*present[0], depth)
    if not isinstance(factor, Tensor) or factor.device.type != "cpu" or inner.activation not in _SCALABLE:
        return _UNKNOWN
    if factor.dim() == 0:
        number = float(factor)
        return (
            replace(inner, scale=inner.scale * number if kind == "Mul" else inner.scale / number)
            if number
            else _UNKNOWN
        )
    return inner if kind == "Mul" and is_mask(factor) else _UNKNOWN


def is_mask(factor: Tensor) -> bool:
    """Whether a factor only drops elements, as dropout on the CPU does: zeros and one other value."""
    with torch.no_grad():
        values = set(factor.detach().reshape(-1)[:_LOOKED_AT].tolist())
    return 0 in values and len(values) <= 2


def _clamped(node: Any, inner: Applied) -> Applied:
    low, high = getattr(node, "_saved_min", None), getattr(node, "_saved_max", None)
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        return _UNKNOWN
    if inner.activation in _PROBABILITIES:
        whole = (low is None or low <= _NO_CLIP[0]) and (high is None or high >= _NO_CLIP[1])
        return inner if whole else _UNKNOWN
    return Applied(Activation.RELU, node) if low == 0 and high is None else _UNKNOWN


def _log(node: Any, below: Any, depth: int) -> Applied:
    """The logarithm of a softmax is a log-softmax, also with a small constant added or the ends cut off."""
    child, output = _first(below)
    while child is not None and kind_of(child) in _GUARDS and len(_present(child.next_functions)) == 1:
        child, output = _present(child.next_functions)[0]
    inner = _trace(child, output, depth)
    of = {Activation.SOFTMAX: Activation.LOG_SOFTMAX, Activation.SIGMOID: Activation.LOG_SIGMOID}
    return Applied(of[inner.activation], node) if inner.activation in of and inner.is_plain else _UNKNOWN


def _exp(node: Any, below: Any, depth: int) -> Applied:
    inner = _trace(*_first(below), depth)
    of = {Activation.LOG_SOFTMAX: Activation.SOFTMAX, Activation.LOG_SIGMOID: Activation.SIGMOID}
    return Applied(of[inner.activation], node) if inner.activation in of and inner.is_plain else _UNKNOWN


def is_parameter(node: Any) -> bool:
    """Whether a leaf tensor stands here, perhaps transposed or viewed."""
    depth = 0
    while node is not None and kind_of(node) in VIEWS and depth < _DEEPEST:
        node, _ = _first(node.next_functions)
        depth += 1
    return node is not None and node.name() == LEAF


def _elu(node: Any) -> Activation:
    return Activation.SELU if abs(float(node._saved_alpha) - _SELU_ALPHA) < 1e-6 else Activation.ELU


def _limits(node: Any) -> tuple[float, float]:
    return float(node._saved_min_val), float(node._saved_max_val)


def _is_softmax_by_hand(below: Any) -> bool:
    """`exp(x) / exp(x).sum(…)`: both sides lead to the same node."""
    if len(_present(below)) != 2:
        return False
    above, under = (_skip_views(child) for child, _ in below)
    if above is None or under is None or kind_of(above) != "Exp" or kind_of(under) != "Sum":
        return False
    return _skip_views(_first(under.next_functions)[0]) is above


def _is_sigmoid_by_hand(node: Any) -> bool:
    """`1 / (1 + exp(-x))`: the reciprocal of a constant plus an exponential of a negated value."""
    if kind_of(node) == "Mul":  # the 1 of `1 / …`
        parts = _present(node.next_functions)
        node = parts[0][0] if len(parts) == 1 else None
    for wanted in ("Reciprocal", "Add", "Exp", "Neg"):
        if node is None or kind_of(node) != wanted:
            return False
        parts = _present(node.next_functions)
        node = parts[0][0] if len(parts) == 1 else None
    return True


def _skip_views(node: Any) -> Any:
    depth = 0
    while node is not None and kind_of(node) in VIEWS and depth < _DEEPEST:
        node, _ = _first(node.next_functions)
        depth += 1
    return node

"""What the nodes of a graph stand for: their names, what they save, where their inputs come from, what breaks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

LEAF = "torch::autograd::AccumulateGrad"

_NAMES = {
    "Addmm": "linear",
    "Mm": "matmul",
    "Bmm": "matmul",
    "Baddbmm": "matmul",
    "Mv": "matmul",
    "Convolution": "convolution",
    "NativeBatchNorm": "batch_norm",
    "CudnnBatchNorm": "batch_norm",
    "NativeLayerNorm": "layer_norm",
    "LinalgVectorNorm": "norm",
    "Div": "division",
    "Mul": "multiplication",
    "Add": "addition",
    "Sub": "subtraction",
    "ToCopy": "cast",
    "NllLoss": "nll_loss",
    "NllLoss2D": "nll_loss",
    "MseLoss": "mse_loss",
    "BinaryCrossEntropyWithLogits": "binary_cross_entropy_with_logits",
    "BinaryCrossEntropy": "binary_cross_entropy",
    "Reciprocal": "reciprocal",
    "ScaledDotProductFlashAttentionForCpu": "scaled_dot_product_attention",
    "ScaledDotProductEfficientAttention": "scaled_dot_product_attention",
    "ScaledDotProductFlashAttention": "scaled_dot_product_attention",
    "MkldnnRnnLayer": "RNN layer",
    "CudnnRnn": "RNN layer",
}

SPELLINGS = {
    "division": r"(?<![/*])/(?![/*])|\.div_?\(|torch\.(?:true_)?div(?:ide)?\(",
    "pow": r"\*\*|\bpow_?\(|\brsqrt\(",
    "multiplication": r"(?<!\*)\*(?!\*)|\bmul_?\(",
    "matmul": r"@|\b(?:b?mm|matmul|einsum)\(",
    "cast": r"\.half\(\)|\.to\(|\.type\(",
    "nll_loss": r"\b(?:cross_entropy|nll_loss|CrossEntropyLoss|NLLLoss)\b",
}
"""How an operation that is no plain call may look in source."""

_INPUT_OF = {
    ("AddmmBackward0", "mat1"): 1,
    ("AddmmBackward0", "mat2"): 2,
    ("BaddbmmBackward0", "batch1"): 1,
    ("BaddbmmBackward0", "batch2"): 2,
    ("WhereBackward0", "other"): 1,
}
_SECOND = ("other", "mat2", "target", "vec", "exponent", "weight")
_VIEWS = re.compile(
    r"(T|View|UnsafeView|Reshape|ReshapeAlias|Transpose|Permute|Unsqueeze|Squeeze|Expand|Select|Slice|Clone|Alias|Split|"
    r"Unbind|Index|Gather|Cat|Stack|Detach|Contiguous|AsStrided|Flatten|Chunk|Narrow|Unfold|Pad|ConstantPadNd|Repeat)"
    r"(WithSizes|Int)?Backward\d+"
)


def operation(node: Any) -> str:
    """The operation of a node as users know it: `log`, `division`, `linear`."""
    base = re.sub(r"Backward\d*$", "", node.name().rsplit("::", 1)[-1])
    return _NAMES.get(base) or re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", base).lower() or "an operation"


def is_view(node: Any) -> bool:
    """Whether a node only rearranges its input."""
    return _VIEWS.fullmatch(node.name()) is not None


def saved(node: Any) -> Iterator[tuple[str, Tensor]]:
    """The tensors that a node keeps for its backward, by name; none once they were freed."""
    for attribute in dir(node):
        if not attribute.startswith("_saved_"):
            continue
        try:
            value = getattr(node, attribute)
        except RuntimeError:
            continue
        values = value if isinstance(value, (tuple, list)) else (value,)
        for one in values:
            if isinstance(one, Tensor) and one.is_floating_point() and one.numel() and one.layout is torch.strided:
                yield attribute.removeprefix("_saved_"), one.detach()


def is_result(name: str) -> bool:
    """Whether a saved tensor is what the operation returned, not what it was given."""
    return name.startswith("result") or name in ("output", "log_sumexp", "logsumexp", "out")


def producer(node: Any, name: str) -> Any | None:
    """The node that made the saved input `name` of `node`, views aside; None for a constant such as the data."""
    index = _INPUT_OF.get((node.name(), name), 1 if name in _SECOND else 0)
    children = [child for child, _ in node.next_functions]
    found = children[index] if index < len(children) else None
    while found is not None and is_view(found):
        found = found.next_functions[0][0]
    return found


def is_finite(tensor: Tensor) -> bool:
    """Whether all elements are finite; waits for the device."""
    return bool(torch.isfinite(tensor).all())


def is_scaled_up(loss: Tensor) -> bool:
    """Whether the last thing that happened to a loss is a large factor, as that of a `GradScaler`: it may overflow."""
    factor = getattr(loss.grad_fn, "_saved_other", None) if loss.grad_fn is not None else None
    return isinstance(factor, Tensor) and factor.numel() == 1 and float(factor) >= 1024


def violation(node: Any) -> str | None:
    """What an operation met that makes its result infinite or NaN; None where nothing of the kind is known."""
    check = _DOMAINS.get(re.sub(r"\d+$", "", node.name()))
    try:
        return check(dict(saved(node)), node) if check is not None else None
    except RuntimeError:
        return None


Values = dict[str, Tensor]


def _below(limit: float) -> Callable[[Values, Any], str | None]:
    def check(values: Values, node: Any) -> str | None:
        x = values.get("self")
        if x is None:
            return None
        if bool((x < limit).any()):
            return "a negative number" if limit == 0 else f"a number below {limit:g}"
        return (ZERO if limit == 0 else f"{limit:g}") if bool((x == limit).any()) else None

    return check


def _divisor(values: Values, node: Any) -> str | None:
    other = values.get("other")
    return "a divisor of zero" if other is not None and bool((other == 0).any()) else None


def _reciprocal(values: Values, node: Any) -> str | None:
    result = values.get("result")
    if result is not None and bool(torch.isnan(result).any()):
        return "a negative number"
    return ZERO if result is not None and not is_finite(result) else None


def _power(values: Values, node: Any) -> str | None:
    x, exponent = values.get("self"), getattr(node, "_saved_exponent", None)
    if x is None or not isinstance(exponent, (int, float)):
        return None
    if exponent < 0 and bool((x == 0).any()):
        return f"a zero (to the power of {exponent:g})"
    if exponent != int(exponent) and bool((x < 0).any()):
        return f"a negative number (to the power of {exponent:g})"
    return None


def _outside_one(values: Values, node: Any) -> str | None:
    x = values.get("self")
    return "a number outside [-1, 1]" if x is not None and bool((x.abs() > 1).any()) else None


def _no_target(values: Values, node: Any) -> str | None:
    total = values.get("total_weight")
    mean = getattr(node, "_saved_reduction", None) == 1
    return (
        "no target that counts (every one is ignored, or of weight 0)"
        if mean and total is not None and not bool(total)
        else None
    )


def _nothing(values: Values, node: Any) -> str | None:
    return "an empty tensor" if getattr(node, "_saved_self_sym_numel", 1) == 0 else None


def _one_value(values: Values, node: Any) -> str | None:
    result = values.get("result")
    single = result is not None and not is_finite(result)
    return "a single value, which has no deviation" if single else None


def _root(values: Values, node: Any) -> str | None:
    result = values.get("result")
    return "a negative number" if result is not None and bool(torch.isnan(result).any()) else None


ZERO = "a zero"
"""What a logarithm or a reciprocal met when its result is infinite, but no NaN."""
_DOMAINS: dict[str, Callable[[Values, Any], str | None]] = {
    "LogBackward": _below(0.0),
    "Log2Backward": _below(0.0),
    "Log10Backward": _below(0.0),
    "Log1PBackward": _below(-1.0),
    "DivBackward": _divisor,
    "ReciprocalBackward": _reciprocal,
    "RsqrtBackward": _reciprocal,
    "PowBackward": _power,
    "AcosBackward": _outside_one,
    "AsinBackward": _outside_one,
    "AtanhBackward": _outside_one,
    "NllLossBackward": _no_target,
    "NllLoss2DBackward": _no_target,
    "MeanBackward": _nothing,
    "StdBackward": _one_value,
    "SqrtBackward": _root,
}

STEEP = {
    "SqrtBackward": "a zero, where its slope is infinite",
    "PowBackward": "a zero, where the slope of a fractional power is infinite",
    "AcosBackward": "1 or -1, where its slope is infinite",
    "AsinBackward": "1 or -1, where its slope is infinite",
    "Atan2Backward": "two zeros, where its slope is not defined",
    "RsqrtBackward": "a zero, where its slope is infinite",
    "LogBackward": "a number near zero, where its slope is infinite",
    "DivBackward": "a divisor near zero",
    "ExpBackward": "a large number",
    "WhereBackward": "a branch that is not taken, but whose gradient (0 x inf) is NaN all the same",
}
"""Operations with a finite result and an infinite slope, most suspicious first, and what they must have met. The norms
and deviations of torch are not among them: it defines their slope at zero."""

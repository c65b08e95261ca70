"""The calls of torch's functions during one pass: which losses were computed, and which dropouts drew."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

LOSSES = (
    "cross_entropy",
    "nll_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
)
"""The losses whose value can be foretold."""


class Calls(TorchFunctionMode):
    """While it is on, tells a listener of the calls of some functions: name, arguments by name, and result."""

    def __init__(self, names: tuple[str, ...], listener: Callable[[str, dict[str, Any], Any], None]) -> None:
        super().__init__()
        self._names = {getattr(functional, name): name for name in names if hasattr(functional, name)}
        self._listener = listener

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        name = self._names.get(function) if isinstance(function, Callable) else None  # type: ignore[arg-type]
        if name is not None:
            self._listener(name, arguments(function, args, kwargs or {}), result)
        return result


_BUILT_IN = {"scaled_dot_product_attention": ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")}


def arguments(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name, with the defaults; empty where the function does not tell."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):  # built in
        return {**dict(zip(_BUILT_IN.get(getattr(function, "__name__", ""), ()), args, strict=False)), **kwargs}
    bound.apply_defaults()
    return dict(bound.arguments)


def is_number(value: Any) -> bool:
    """Whether it is a tensor of one number."""
    return isinstance(value, Tensor) and value.numel() == 1

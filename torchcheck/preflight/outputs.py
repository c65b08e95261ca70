"""What models give and take: the tensors in nested values, and the loss among what a training call returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from torchcheck.errors import UsageError

_LOGITS = ("logits", "out", "prediction", "predictions", "output")


def named_tensors(value: Any, path: str = "") -> Iterator[tuple[str, Tensor]]:
    """The tensors in a value with how they are reached: `["logits"]`, `[0]`, `.loss`."""
    if isinstance(value, Tensor):
        yield path, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from named_tensors(part, f"{path}[{key!r}]".replace("'", '"'))
    elif isinstance(value, (tuple, list)):
        for index, part in enumerate(value):
            yield from named_tensors(part, f"{path}[{index}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from named_tensors(getattr(value, one.name, None), f"{path}.{one.name}")


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same value with its tensors changed; what is not understood stays as it is."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(mapped(part, change) for part in value))
    if isinstance(value, (tuple, list)) and type(value) in (tuple, list):
        return type(value)(mapped(part, change) for part in value)
    if isinstance(value, Mapping):
        return {key: mapped(part, change) for key, part in value.items()}
    return value


def loss_of(value: Any) -> Tensor:
    """The loss in what a loss function, or a model that computes its own, returns.

    A tensor of one number; `loss` of a dictionary or object; the sum of a dictionary of losses, as detection models
    give it; the first of a tuple.

    Raises:
        UsageError: there is none.
    """
    found = _find_loss(value)
    if found is None:
        raise UsageError(
            f"preflight: there is no loss in what was returned, {_described(value)}; give a `loss_fn`, or let the "
            "model return one number, a dictionary with `loss`, or an object with `.loss`"
        )
    if found.numel() != 1:
        raise UsageError(
            f"preflight: the loss has the shape {tuple(found.shape)} and must be one number: take its mean"
        )
    return found.reshape(())


def _find_loss(value: Any) -> Tensor | None:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Mapping):
        if isinstance(value.get("loss"), Tensor):
            return value["loss"]  # type: ignore[no-any-return]
        parts = [part for part in value.values() if isinstance(part, Tensor)]
        summed = parts and len(parts) == len(value) and all(part.numel() == 1 for part in parts)
        return torch.stack([part.reshape(()) for part in parts]).sum() if summed else None
    if isinstance(getattr(value, "loss", None), Tensor):
        return value.loss  # type: ignore[no-any-return]
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], Tensor) and value[0].numel() == 1:
        return value[0]
    return None


def prediction_of(output: Any) -> Any:
    """The tensor that a loss of torch's own takes, where a model gives more: its logits, or its only tensor."""
    if isinstance(output, Tensor):
        return output
    for name in _LOGITS:
        held = output.get(name) if isinstance(output, Mapping) else getattr(output, name, None)
        if isinstance(held, Tensor):
            return held
    tensors = [tensor for _, tensor in named_tensors(output) if tensor.is_floating_point()]
    return tensors[0] if len(tensors) == 1 else output


def _described(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a {type(value).__name__} with {', '.join(f'`{key}`' for key in list(value)[:6]) or 'nothing in it'}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {', '.join(type(part).__name__ for part in value[:6]) or 'nothing'}"
    return f"`{type(value).__name__}`"

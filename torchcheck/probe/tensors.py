"""The tensors among values, the memory that they share, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

ELEMENTS, MOST_ELEMENTS, FEWEST_ROWS = 1 << 16, 1 << 20, 4
"""Of a weight with more than `ELEMENTS` only every n-th row is measured: a sample takes little time, and little memory.
Where that would leave fewer than `FEWEST_ROWS`, it may be up to `MOST_ELEMENTS`."""


def tensors_in(values: Iterable[Any], depth: int = 2) -> Iterator[Tensor]:
    """The tensors among the values, looking into tuples, lists and dictionaries."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif depth and isinstance(value, (tuple, list)):
            yield from tensors_in(value, depth - 1)
        elif depth and isinstance(value, dict):
            yield from tensors_in(value.values(), depth - 1)


def storage_of(tensor: Tensor) -> int:
    """What a tensor and its views have in common; 0 where a tensor has no memory of its own."""
    try:
        return tensor.untyped_storage().data_ptr()
    except (RuntimeError, NotImplementedError):
        return 0


def read_back(tensors: Sequence[Tensor]) -> list[Any]:
    """What tensors of one shape hold, in their order: one copy for each device."""
    by_device: dict[torch.device, list[int]] = {}
    for index, tensor in enumerate(tensors):
        by_device.setdefault(tensor.device, []).append(index)
    read: dict[int, Any] = {}
    for here in by_device.values():
        read |= zip(here, torch.stack([tensors[index] for index in here]).tolist(), strict=True)
    return [read[index] for index in range(len(tensors))]


def varies(tensor: Tensor) -> bool:
    """Whether a tensor is not the same number throughout; True where that can't be seen. Reads one value back."""
    if tensor.numel() < 2:
        return False
    if tensor.layout is not torch.strided or tensor.device.type == "meta":
        return True
    values = tensor.detach()
    return bool((values != values.select(0, 0).flatten()[0]).any())


def some_rows(tensor: Tensor, turn: int = 0) -> Tensor:
    """A view of some rows of a weight or its gradient, evenly spread; all of a small one. Every turn has others."""
    numel = tensor.numel()
    if numel <= ELEMENTS:
        return tensor.detach()
    stride = max(min(-(-numel // ELEMENTS), tensor.shape[0] // FEWEST_ROWS), -(-numel // MOST_ELEMENTS), 1)
    return tensor.detach()[turn % min(stride, tensor.shape[0]) :: stride]

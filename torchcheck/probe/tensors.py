"""The tensors among values, and the memory that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from torch import Tensor


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

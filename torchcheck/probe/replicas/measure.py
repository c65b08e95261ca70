"""Two numbers that tell a tensor from another one: its sum and its norm."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from torchcheck.probe.tensors import read_back


def is_whole(parameter: Tensor) -> bool:
    """Whether a tensor holds all of a parameter, as every rank should have it: neither a shard nor without values."""
    if hasattr(parameter, "_local_tensor") or getattr(parameter, "_is_flat_param", False):
        return False
    if type(parameter) not in (Tensor, torch.nn.Parameter) or parameter.layout is not torch.strided:
        return False
    return parameter.is_floating_point() and parameter.device.type != "meta" and parameter.numel() > 0


def measured(tensors: Sequence[Tensor | None]) -> list[tuple[float | None, float | None]]:
    """The sum and the norm of each, read back at once."""
    found = {i: t.detach() for i, t in enumerate(tensors) if t is not None and is_whole(t.detach())}
    with torch.no_grad():
        read = dict(zip(found, read_back([_sum_and_norm(tensor) for tensor in found.values()]), strict=True))
    return [tuple(read[i]) if i in read else (None, None) for i in range(len(tensors))]


def _sum_and_norm(tensor: Tensor) -> Tensor:
    dtype = torch.float64 if tensor.device.type in ("cpu", "cuda") else torch.float32
    return torch.stack((tensor.sum(dtype=dtype), torch.linalg.vector_norm(tensor, dtype=dtype)))

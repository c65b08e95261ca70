"""Two numbers that tell a tensor from another one: its sum and its norm."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def is_whole(parameter: Tensor) -> bool:
    """Whether a tensor holds all of a parameter, as every rank should have it: neither a shard nor without values."""
    if hasattr(parameter, "_local_tensor") or getattr(parameter, "_is_flat_param", False):
        return False
    if type(parameter) not in (Tensor, torch.nn.Parameter) or parameter.layout is not torch.strided:
        return False
    return parameter.is_floating_point() and parameter.device.type != "meta" and parameter.numel() > 0


def measured(tensors: Sequence[Tensor | None]) -> list[tuple[float | None, float | None]]:
    """The sum and the norm of each, read back at once."""
    with torch.no_grad():
        made: dict[torch.device, list[Tensor]] = {}
        where: list[tuple[torch.device, int] | None] = []
        for tensor in tensors:
            if tensor is None or not is_whole(tensor.detach()):
                where.append(None)
                continue
            values = tensor.detach()
            part = made.setdefault(values.device, [])
            where.append((values.device, len(part)))
            dtype = torch.float64 if values.device.type in ("cpu", "cuda") else torch.float32
            norm = torch.linalg.vector_norm(values, dtype=dtype)
            part.append(torch.stack((values.sum(dtype=dtype), norm)))
        read = {device: torch.stack(part).tolist() for device, part in made.items()}
    rows = [read[at[0]][at[1]] if at is not None else (None, None) for at in where]
    return [(row[0], row[1]) for row in rows]

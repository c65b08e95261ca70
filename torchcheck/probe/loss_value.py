"""The value of a loss: whether it can be read, when it is read, and without the factor that a `GradScaler` gave it."""

from __future__ import annotations

from weakref import ref

import torch
from torch import Tensor

Number = float | Tensor
"""A value, or a copy of it on its device that waits to be read."""

_MOST = 8


def is_readable(tensor: Tensor) -> bool:
    """Whether a tensor is one real number of an ordinary kind."""
    return (
        type(tensor) is Tensor
        and tensor.numel() == 1
        and tensor.is_floating_point()
        and tensor.layout is torch.strided
        and tensor.device.type != "meta"
    )


def noted(tensor: Tensor) -> Number:
    """The value of a readable tensor. A CPU has it already; of another device's a copy is kept, which waits for
    nothing."""
    return tensor.item() if tensor.is_cpu else tensor.detach().clone()


class LossValues:
    """Remembers which losses were scaled, and by what."""

    def __init__(self) -> None:
        self._scaled: list[tuple[ref[Tensor], Tensor]] = []

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        """A scaler gave these."""
        for tensor in tensors:
            factor = getattr(tensor.grad_fn, "_saved_other", None)
            if isinstance(factor, Tensor) and factor.numel() == 1:
                self._scaled = [*self._scaled, (ref(tensor), factor.detach())][-_MOST:]

    def of(self, loss: Tensor) -> Tensor:
        """The value of a loss with one element, still on its device."""
        value = loss.detach().reshape(()).float()
        for tensor, factor in self._scaled:
            if tensor() is loss:
                return value / factor.reshape(())
        return value

"""The value of a loss, without the factor that a `GradScaler` gave it."""

from __future__ import annotations

from weakref import ref

from torch import Tensor

_MOST = 8


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

"""Which losses carry the factor of a gradient scaler, and which gradients were clipped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import ref

from torch import Tensor

from torchcheck.probe.lanes import Lane
from torchcheck.probe.owner import Owner

_MEASURES = 1e6  # a limit that no gradient meets: the norm is wanted, not the clipping


class Scaling:
    """The losses that a `GradScaler` gave. Only weak references are kept, to the newest."""

    def __init__(self) -> None:
        self._known: dict[int, ref[Tensor]] = {}
        self._lately = False

    def scaled(self, tensors: Iterable[Tensor]) -> None:
        """A scaler gave these."""
        self._lately = True
        if len(self._known) > 64:
            self._known.clear()
        self._known.update({id(tensor): ref(tensor) for tensor in tensors})

    def stepped(self) -> None:
        """An optimizer has stepped: what is scaled from now on is for the next one."""
        self._lately = False

    def of(self, loss: Tensor) -> bool | None:
        """Whether a loss is scaled. One that was computed from a scaled one is not known to be."""
        known = self._known.get(id(loss))
        if known is not None and known() is loss:
            return True
        return None if self._lately else False


def is_limit(limit: float | None) -> bool:
    """Whether a limit for clipping is meant to be met."""
    return limit is not None and limit < _MEASURES


def clipped_lanes(owners: Iterable[Owner], parameters: Any) -> list[Lane]:
    """The lanes whose gradients were clipped just now; where there is no gradient at all, all of them.

    Args:
        parameters: a tensor, a sequence, or None where the clipping has used up a generator.
    """
    owners = list(owners)
    given = (parameters,) if isinstance(parameters, Tensor) else parameters or ()
    touched = [lane for owner in owners for lane in owner.absorb({id(parameter) for parameter in given})]
    lanes = [lane for owner in owners for lane in owner.lanes]
    if touched or parameters is not None or any(lane.has_gradient for lane in lanes):
        return touched
    return lanes

"""The lines where a difference broadcasts to a square. Watched only after a backward has proved that there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.compiler import is_compiling

from torchcheck.finding import Span
from torchcheck.probe.frames import HIDDEN, user_place

Listener = Callable[[Span, bool], None]
_NAMES = ((Tensor, "__sub__"), (Tensor, "__rsub__"), (Tensor, "sub"), (torch, "sub"), (torch, "subtract"))


class Differences:
    """Wraps subtraction while somebody listens, for a step or two; autograd's graph does not say where it was made."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def listen(self, listener: Listener) -> None:
        """Tell `listener` the user's line of every such difference, and whether it is one on purpose."""
        if not self._originals:
            self._originals = [(owner, name, vars(owner).get(name)) for owner, name in _NAMES]
            for owner, name in _NAMES:
                setattr(owner, name, self._wrapped(getattr(owner, name)))
        self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        """Tell it no more; without listeners subtraction is as it was."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self.restore()

    def restore(self) -> None:
        """Forget all listeners."""
        self._listeners.clear()
        for owner, name, original in self._originals:
            if original is None:  # inherited from the C base class
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        self._originals = []

    def _wrapped(self, original: Any) -> Any:
        def difference(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            shapes = _stretched(args, result) if not is_compiling() else set()
            if shapes:
                place = user_place()
                for listener in tuple(self._listeners):
                    listener(place, all(len(shape) == 2 for shape in shapes))
            return result

        difference.__code__ = difference.__code__.replace(co_filename=HIDDEN)
        return difference


def _stretched(args: tuple[Any, ...], result: Any) -> set[tuple[int, ...]]:
    """The shapes of both sides where a column meets N values; where it meets a row, somebody has laid it across."""
    if not isinstance(result, Tensor) or result.dim() != 2 or result.grad_fn is None or len(args) < 2:
        return set()
    size = result.shape[0]
    shapes = {tuple(side.shape) for side in args[:2] if isinstance(side, Tensor)}
    square = tuple(result.shape) == (size, size)
    return shapes if square and shapes in ({(size, 1), (size,)}, {(size, 1), (1, size)}) else set()


DIFFERENCES = Differences()
"""The process's only one, since it replaces attributes of torch."""

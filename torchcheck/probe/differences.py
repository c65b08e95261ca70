"""The lines where a difference broadcasts to a square. Watched only after a backward has proved that there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.compiler import is_compiling

from torchcheck.finding import Span
from torchcheck.probe.frames import HIDDEN, user_place
from torchcheck.probe.wrapping import Wrapping

Listener = Callable[[Span, bool], None]
_NAMES = ((Tensor, "__sub__"), (Tensor, "__rsub__"), (Tensor, "sub"), (torch, "sub"), (torch, "subtract"))


class Differences(Wrapping[Listener]):
    """Wraps subtraction while somebody listens, for a step or two; autograd's graph does not say where it was made.

    Told of every such difference is the user's line, and whether it is one on purpose.
    """

    def _replacements(self) -> Iterator[tuple[Any, str, Any]]:
        for owner, name in _NAMES:
            yield owner, name, self._wrapped(getattr(owner, name))

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

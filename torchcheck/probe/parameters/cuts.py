"""Where values leave autograd's graph. Watched only after parameters were seen to get no gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.compiler import is_compiling

from torchcheck.probe.frames import HIDDEN
from torchcheck.probe.wrapping import Wrapping

Listener = Callable[[str, Tensor, Any], None]
_NAMES = (
    (Tensor, "detach", ".detach()"),
    (Tensor, "item", ".item()"),
    (Tensor, "tolist", ".tolist()"),
    (Tensor, "argmax", "argmax"),
    (torch, "argmax", "argmax"),
    (Tensor, "long", ".long()"),
    (Tensor, "int", ".int()"),
    (torch, "tensor", "torch.tensor"),
)


class Cuts(Wrapping[Listener]):
    """Wraps what cuts a value from its graph while somebody listens, for a step or two.

    Told of every cut is how it is written, the value before it and the one after it.
    """

    def _replacements(self) -> Iterator[tuple[Any, str, Any]]:
        for owner, name, spelling in _NAMES:
            yield owner, name, self._wrapped(getattr(owner, name), spelling)
        yield Tensor, "data", self._data()

    def _tell(self, spelling: str, source: Any, result: Any) -> None:
        if isinstance(source, Tensor) and source.grad_fn is not None and not is_compiling():
            for listener in tuple(self._listeners):
                listener(spelling, source, result)

    def _wrapped(self, original: Any, spelling: str) -> Any:
        def cut(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._tell(spelling, args[0] if args else None, result)
            return result

        cut.__code__ = cut.__code__.replace(co_filename=HIDDEN)
        return cut

    def _data(self) -> property:
        original: Any = Tensor.data

        def get(tensor: Tensor) -> Any:
            result = original.__get__(tensor)
            self._tell(".data", tensor, result)
            return result

        def put(tensor: Tensor, value: Any) -> None:
            original.__set__(tensor, value)

        return property(get, put)


CUTS = Cuts()
"""The process's only one, since it replaces attributes of torch."""

"""Where values leave autograd's graph. Watched only after parameters were seen to get no gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.compiler import is_compiling

from torchcheck.probe.frames import HIDDEN

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


class Cuts:
    """Wraps what cuts a value from its graph while somebody listens, for a step or two."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of every cut: how it is written, the value before it and the one after it."""
        if not self._originals:
            names = [(owner, name) for owner, name, _ in _NAMES] + [(Tensor, "data")]
            self._originals = [(owner, name, vars(owner).get(name)) for owner, name in names]
            for owner, name, spelling in _NAMES:
                setattr(owner, name, self._wrapped(getattr(owner, name), spelling))
            Tensor.data = self._data()  # type: ignore[assignment]
        self._listeners.append(listener)

    def leave(self, listener: Listener) -> None:
        """Tell it no more; without listeners torch is as it was."""
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

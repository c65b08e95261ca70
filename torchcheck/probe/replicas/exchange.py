"""Whether a program moves tensors between its ranks by itself, beside what a wrapper does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from torch.compiler import is_compiling

from torchcheck.probe.frames import HIDDEN
from torchcheck.probe.tensors import tensors_in
from torchcheck.probe.wrapping import Wrapping

Listener = Callable[[int], None]
_NAMES = (
    *("all_reduce", "reduce", "broadcast", "all_gather", "all_gather_into_tensor", "gather", "scatter"),
    *("reduce_scatter", "reduce_scatter_tensor", "all_to_all", "all_to_all_single", "send", "recv"),
    *("all_reduce_coalesced", "all_gather_coalesced"),
)


class Exchanges(Wrapping[Listener]):
    """Wraps the collectives of `torch.distributed` while somebody listens, who is told the size of the largest tensor
    that each call is given. What wrappers like DDP do below them is not seen."""

    def _replacements(self) -> Iterator[tuple[Any, str, Any]]:
        for name in _NAMES:
            for module in ("torch.distributed", "torch.distributed.distributed_c10d"):
                owner = sys.modules.get(module)
                original = vars(owner).get(name) if owner is not None else None
                if original is not None:
                    yield owner, name, self._wrapped(original)

    def _wrapped(self, original: Any) -> Any:
        def collective(*args: Any, **kwargs: Any) -> Any:
            if not is_compiling():
                given = tensors_in((*args, *kwargs.values()))
                size = max((tensor.numel() for tensor in given), default=0)
                for listener in tuple(self._listeners):
                    listener(size)
            return original(*args, **kwargs)

        collective.__code__ = collective.__code__.replace(co_filename=HIDDEN)
        collective.__name__ = original.__name__
        return collective


EXCHANGES = Exchanges()
"""The process's only one, since it replaces attributes of torch."""

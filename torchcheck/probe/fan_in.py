"""How many inputs each output of a weight sums: what its scale has to be compared with."""

from __future__ import annotations

import math
from weakref import WeakSet

from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd
from torch.nn.parameter import is_lazy

_LOOKUPS = (nn.Embedding, nn.EmbeddingBag)
_ROWS_ARE_OUTPUTS = (nn.Linear, nn.Bilinear, _ConvNd, nn.RNNBase, nn.RNNCellBase, nn.MultiheadAttention)


class FanIns:
    """The fan-in of weights, learned from the modules that were called."""

    def __init__(self) -> None:
        self._known: WeakSet[nn.Module] = WeakSet()
        self._by_id: dict[int, int | None] = {}
        self._lookups: set[int] = set()

    def learn(self, root: nn.Module) -> None:
        """Take in the weights of a module that is called; the second time costs nothing."""
        if root in self._known or any(is_lazy(parameter) for parameter in root.parameters()):
            return
        self._known.add(root)
        for module in root.modules():
            for name, parameter in module._parameters.items():
                if parameter is not None and parameter.dim() >= 2:
                    self._add(parameter, _fan_in(module, name, parameter), isinstance(module, _LOOKUPS))

    def of(self, parameter: Tensor) -> int | None:
        """The fan-in of a weight; None for lookups and for parameters whose use isn't known."""
        return self._by_id.get(id(parameter))

    def is_lookup(self, parameter: Tensor) -> bool:
        """Whether a weight is an embedding."""
        return id(parameter) in self._lookups

    def _add(self, parameter: Tensor, fan_in: int | None, is_lookup: bool) -> None:
        """A weight that is tied to an embedding is a lookup, whoever else uses it."""
        if is_lookup:
            self._lookups.add(id(parameter))
        known = self._by_id.get(id(parameter), fan_in)
        self._by_id[id(parameter)] = None if is_lookup or known is None else fan_in


def _fan_in(module: nn.Module, name: str, parameter: Tensor) -> int | None:
    """The inputs that each output of `parameter` sums.

    A weight by hand counts if it is called one (`w1`, `weight`, `kernel`); which of its axes holds the inputs is not
    known, so it gets the geometric mean of both. Position tables and learned tokens are added, not multiplied.
    """
    if isinstance(module, _ConvTransposeNd):
        return parameter.shape[0] * math.prod(parameter.shape[2:]) // module.groups
    if isinstance(module, _ROWS_ARE_OUTPUTS):
        return math.prod(parameter.shape[1:])
    if parameter.dim() == 2 and name.lower().startswith(("w", "kernel")) and not isinstance(module, _LOOKUPS):
        return math.isqrt(parameter.numel())
    return None

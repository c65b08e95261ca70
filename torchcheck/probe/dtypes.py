"""Which floating dtypes the parameters of a model have, and which parameter does not fit in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from torch import nn

if TYPE_CHECKING:
    from torchcheck.probe.discover import Names

_MIXED_BY_ACCIDENT = {"float32", "float64"}


class ParameterDtypes:
    """The dtypes of each model, counted when it is first seen."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[nn.Module, tuple[dict[str, int], str | None]] = WeakKeyDictionary()

    def of(self, root: nn.Module, names: Names) -> tuple[dict[str, int], str | None]:
        """How many parameters each dtype has, and the name of one of the rarer dtype that looks like an accident."""
        if root not in self._known:
            counts = Counter(str(p.dtype).removeprefix("torch.") for p in root.parameters() if p.is_floating_point())
            self._known[root] = (dict(counts), _odd_one(root, counts, names))
        return self._known[root]


def _odd_one(root: nn.Module, counts: Counter[str], names: Names) -> str | None:
    """A float64 among float32 parameters, or the reverse, that the user's own module holds.

    A layer of torch refuses an input of another dtype, so where one runs somebody casts around it on purpose. Half
    precision beside float32 is everyday mixed precision.
    """
    if set(counts) != _MIXED_BY_ACCIDENT:
        return None
    rarer = counts.most_common()[-1][0]
    for module in root.modules():
        if type(module).__module__.startswith("torch."):
            continue
        for parameter in module._parameters.values():
            if parameter is not None and str(parameter.dtype) == f"torch.{rarer}":
                return names.tensor(parameter)
    return None

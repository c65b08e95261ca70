"""Whether what a model was given is finite: data that hold a NaN, and layers that make one of good data."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary, ref

from torch import Tensor, nn

from torchcheck.probe.operations import is_finite
from torchcheck.probe.tensors import storage_of, tensors_in

_MOST = 64


class Given:
    """What went into the models of this step, and came out of their layers without weights. Only weak references."""

    def __init__(self) -> None:
        self._inputs: list[ref[Tensor]] = []
        self._memory: set[int] = set()
        self._made: list[tuple[ref[nn.Module], ref[Tensor]]] = []
        self._prepared: WeakKeyDictionary[nn.Module, bool] = WeakKeyDictionary()

    def forget(self) -> None:
        """A new step."""
        self._inputs, self._made = [], []
        self._memory.clear()

    def into_model(self, values: tuple[Any, ...]) -> None:
        """A model is called from outside every other one."""
        given = [tensor for tensor in tensors_in(values) if tensor.is_floating_point()]
        self._memory.update(map(storage_of, given))
        self._inputs += [ref(tensor) for tensor in given[: max(0, _MOST - len(self._inputs))]]

    def into_layer(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is called."""
        if module._parameters and args and isinstance(args[0], Tensor) and args[0].grad_fn is None:
            self._prepared[module] = storage_of(args[0]) not in self._memory

    def out_of_layer(self, module: nn.Module, output: Any) -> None:
        """It returned."""
        if not module._parameters and not module._modules and len(self._made) < _MOST:
            self._made += [(ref(module), ref(one)) for one in tensors_in((output,)) if one.grad_fn is None]

    def is_finite(self) -> bool:
        """Whether all that models were given in this step is known to be finite. Reads from the device."""
        alive = [tensor for tensor in (one() for one in self._inputs) if tensor is not None]
        return bool(alive) and len(alive) == len(self._inputs) and all(is_finite(one.detach()) for one in alive)

    def maker(self) -> nn.Module | None:
        """The first layer without weights whose result is not finite; None where none is, or it is gone."""
        for module, made in self._made:
            tensor = made()
            if tensor is not None and tensor.is_floating_point() and not is_finite(tensor.detach()):
                return module()
        return None

    def is_prepared(self, module: nn.Module | None) -> bool:
        """Whether a layer gets what its model computes from its input, not the input itself."""
        return module is not None and self._prepared.get(module, False)

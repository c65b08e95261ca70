"""Everything that a training step can change, as it was: found by walking from some objects to all they hold."""

from __future__ import annotations

import functools
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter
from torch.optim import Optimizer

from torchcheck.preflight.kept_tensors import Undo, keep_tensor
from torchcheck.preflight.randomness import Randomness

_FAR_OBJECTS = 20_000
"""How many objects that are neither modules nor optimizers are looked into: a model that has its trainer has all."""
_FAR_BYTES = 1 << 30
_LONG = 100_000
_LEFT_ALONE = ("torch.utils.data", "threading", "_thread", "logging", "multiprocessing", "asyncio", "io", "weakref")
_ATOMS = (str, bytes, int, float, complex, bool, type(None), type, types.ModuleType, torch.dtype, torch.device)


class Kept:
    """A moment to which everything that is reachable from the roots can return, any number of times.

    Attributes:
        tensors: every tensor that was found.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        self.tensors: list[Tensor] = []
        self._seen: dict[int, Any] = {}  # keeps the objects alive, so that an id stays its own
        self._undo: list[Undo] = []
        self._far = self._far_bytes = 0
        self._stack: list[tuple[Any, bool]] = [(root, True) for root in roots]
        self._randomness = Randomness()
        while self._stack:
            thing, near = self._stack.pop()
            self._keep(thing, near)

    def restore(self) -> None:
        """Return to that moment.

        Raises:
            RuntimeError: something could not be put back; everything else was.
        """
        failed: Exception | None = None
        for undo in (*self._undo, self._randomness.restore):
            try:
                undo()
            except Exception as error:
                failed = failed or error
        torch.clear_autocast_cache()
        if failed is not None:
            raise RuntimeError(f"torchcheck could not put everything back: {failed}") from failed

    def clear_gradients(self) -> None:
        """Take the gradients of all tensors away; `restore` gives them back."""
        for tensor in self.tensors:
            if (
                not isinstance(tensor, (UninitializedBuffer, UninitializedParameter))
                and tensor.is_leaf
                and tensor.grad is not None
            ):
                tensor.grad = None

    def _keep(self, thing: Any, near: bool) -> None:
        if isinstance(thing, _ATOMS) or id(thing) in self._seen:
            return
        self._seen[id(thing)] = thing
        if isinstance(thing, Tensor):
            self._keep_tensor(thing, near)
        elif isinstance(thing, (nn.Module, Optimizer)):
            self._undo.append(_keep_class(thing))
            self._into_mapping(vars(thing), near=True)
        elif isinstance(thing, MutableMapping):
            self._into_mapping(thing, near)
        elif isinstance(thing, (list, deque, set, tuple, frozenset)):
            self._into_collection(thing, near)
        elif isinstance(thing, (types.FunctionType, types.MethodType, functools.partial)):
            self._into_function(thing, near)
        else:
            self._keep_object(thing)

    def _keep_tensor(self, tensor: Tensor, near: bool) -> None:
        self.tensors.append(tensor)
        if isinstance(tensor, (UninitializedBuffer, UninitializedParameter)):
            self._undo.append(keep_tensor(tensor))
            return
        size = tensor.numel() * tensor.element_size()
        if not near:
            self._far_bytes += size
        self._undo.append(keep_tensor(tensor, values=near or self._far_bytes <= _FAR_BYTES))
        self._push(tensor.__dict__.values(), near)
        for hooks in (tensor._backward_hooks, getattr(tensor, "_post_accumulate_grad_hooks", None)):
            self._push([hooks], near)

    def _into_mapping(self, mapping: MutableMapping[Any, Any], near: bool) -> None:
        items = list(mapping.items())
        self._undo.append(functools.partial(_restore_mapping, mapping, items))
        if near or len(items) <= _LONG:
            self._push((part for item in items for part in item), near)

    def _into_collection(self, collection: Any, near: bool) -> None:
        items = list(collection)
        if not isinstance(collection, (tuple, frozenset)):
            self._undo.append(functools.partial(_restore_collection, collection, items))
        if len(items) <= _LONG:
            self._push(items, near)

    def _into_function(self, function: Any, near: bool) -> None:
        if isinstance(function, types.MethodType):
            self._push([function.__self__, function.__func__], near)
            return
        if isinstance(function, functools.partial):
            self._push([function.func, function.args, function.keywords], near)
            return
        self._into_mapping(function.__dict__, near)
        self._push(function.__defaults__ or (), near)
        for cell in function.__closure__ or ():
            try:
                held = cell.cell_contents
            except ValueError:  # empty
                continue
            self._undo.append(functools.partial(setattr, cell, "cell_contents", held))
            self._push([held], near)

    def _keep_object(self, thing: Any) -> None:
        undo = _keep_generator(thing) or _keep_array(thing)
        if undo is not None:
            self._undo.append(undo)
            return
        attributes = getattr(thing, "__dict__", None)
        kind = type(thing).__module__ or ""
        if not isinstance(attributes, dict) or kind.startswith(_LEFT_ALONE) or self._far >= _FAR_OBJECTS:
            return
        self._far += 1
        self._into_mapping(attributes, near=False)

    def _push(self, things: Iterable[Any], near: bool) -> None:
        self._stack += [(thing, near) for thing in things if not isinstance(thing, _ATOMS)]


def _keep_class(thing: Any) -> Undo:
    kind = type(thing)

    def undo() -> None:
        if type(thing) is not kind:
            thing.__class__ = kind  # a lazy module has become a module

    return undo


def _restore_mapping(mapping: MutableMapping[Any, Any], items: list[tuple[Any, Any]]) -> None:
    now = list(mapping.items())
    if len(now) == len(items) and all(a is c and b is d for (a, b), (c, d) in zip(now, items, strict=True)):
        return
    mapping.clear()
    for key, value in items:
        mapping[key] = value


def _restore_collection(collection: Any, items: list[Any]) -> None:
    now = list(collection)
    if len(now) == len(items) and all(a is b for a, b in zip(now, items, strict=True)):
        return
    collection.clear()
    (collection.update if isinstance(collection, set) else collection.extend)(items)


def _keep_generator(thing: Any) -> Undo | None:
    """For a random generator of torch, Python or numpy."""
    if isinstance(thing, torch.Generator):
        return _back(thing.set_state, thing.get_state().clone())
    if isinstance(thing, random.Random):
        return _back(thing.setstate, thing.getstate())
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(thing, numpy.random.RandomState):
        return _back(thing.set_state, thing.get_state())
    if numpy is not None and isinstance(thing, numpy.random.Generator):
        return functools.partial(setattr, thing.bit_generator, "state", thing.bit_generator.state)
    return None


def _back(setter: Callable[[Any], Any], state: Any) -> Undo:
    return lambda: setter(state)


def _keep_array(thing: Any) -> Undo | None:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or not isinstance(thing, numpy.ndarray):
        return None
    if not thing.flags.writeable or thing.nbytes > _FAR_BYTES // 16:
        return lambda: None
    copy = thing.copy()

    def undo() -> None:
        thing[...] = copy

    return undo

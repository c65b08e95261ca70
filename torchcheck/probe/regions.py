"""Which module ran which operations of a graph: learned on sampled steps, used when something breaks later."""

from __future__ import annotations

from typing import Any
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.probe.birth import forward_order
from torchcheck.probe.operations import LEAF

_MOST_SHAPES = 8
_next_number = getattr(torch._C._autograd, "_get_sequence_nr", None)  # not public: a version may have none


class Regions:
    """The stretches of the forward order that each module ran.

    Autograd numbers its nodes as they are made. What a module made lies above every number given out before its call
    and not above the last one when it returns; what is made between two calls lies in neither. So each node belongs to
    the innermost call that encloses its number. A graph of another step has other numbers, but the same operations in
    the same order.
    """

    def __init__(self) -> None:
        self._newest = -1
        self._open: list[tuple[nn.Module, int]] = []
        self._closed: list[tuple[int, int, nn.Module]] = []
        self._learned: dict[tuple[str, ...], list[ref[nn.Module] | None]] = {}

    def forget(self) -> None:
        """A new step: what was gathered of the last one is of no use."""
        self._open, self._closed = [], []

    def enter(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        """A module is called."""
        self._catch_up(args)
        self._open.append((module, self._newest))

    def leave(self, module: nn.Module, output: Any) -> None:
        """It returned."""
        while self._open:
            entered, floor = self._open.pop()
            if entered is module:
                self._catch_up((output,))
                if self._newest > floor:
                    self._closed.append((floor, self._newest, module))
                return

    def learn(self, order: list[Any]) -> bool:
        """Remember which module ran which operation of a graph, given in forward order; whether it was a new one."""
        shape = _shape(order)
        is_new = bool(self._closed) and shape not in self._learned and len(self._learned) < _MOST_SHAPES
        if is_new:
            self._learned[shape] = [self._innermost(node._sequence_nr()) for node in order]
        return is_new

    def module_of(self, node: Any, loss: Tensor) -> nn.Module | None:
        """The innermost module that ran an operation; None where it was none, or the graph is unlike all known."""
        if loss.grad_fn is None:
            return None
        order = forward_order(loss.grad_fn)
        modules = self._learned.get(_shape(order))
        reference = modules[order.index(node)] if modules is not None and node in order else None
        return reference() if reference is not None else None

    def at(self, node: Any) -> nn.Module | None:
        """The innermost module that ran an operation of the present step."""
        reference = self._innermost(node._sequence_nr())
        return reference() if reference is not None else None

    def _innermost(self, number: int) -> ref[nn.Module] | None:
        enclosing = [(ceiling - floor, module) for floor, ceiling, module in self._closed if floor < number <= ceiling]
        return ref(min(enclosing, key=lambda pair: pair[0])[1]) if enclosing else None

    def _catch_up(self, values: tuple[Any, ...]) -> None:
        """Learn the newest number: from autograd itself, or else from the tensors that pass by."""
        if _next_number is not None:
            self._newest = _next_number() - 1
        else:
            self._see(values)

    def _see(self, values: tuple[Any, ...], depth: int = 2) -> None:
        for value in values:
            if isinstance(value, Tensor):
                if value.grad_fn is not None and value.grad_fn.name() != LEAF:
                    self._newest = max(self._newest, value.grad_fn._sequence_nr())
            elif depth and isinstance(value, (tuple, list)):
                self._see(tuple(value), depth - 1)
            elif depth and isinstance(value, dict):
                self._see(tuple(value.values()), depth - 1)


def layer_before(node: Any) -> Tensor | None:
    """The weight that a value has passed last on its way to an operation; None where it has met none."""
    level, seen = [node], {node}
    while level:
        for one in level:
            for child, _ in one.next_functions:
                if child is not None and child.name() == LEAF and child.variable.dim() > 1:
                    found: Tensor = child.variable
                    return found
        children = [
            child for one in level for child, _ in one.next_functions if child is not None and child not in seen
        ]
        seen.update(children)
        level = list(dict.fromkeys(children))
    return None


def _shape(order: list[Any]) -> tuple[str, ...]:
    return tuple(node.name() for node in order)

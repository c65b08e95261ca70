"""What is wrapped in torch to tell when data is gone through and when a model's mode is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch.compiler import is_compiling
from torch.utils.data import DataLoader
from torch.utils.data.dataloader import _BaseDataLoaderIter

from torchcheck.probe.frames import user_place

if TYPE_CHECKING:
    from torchcheck.probe.hub import Function, Hub, Maker


def phase_targets() -> list[tuple[Any, str, Maker]]:
    """What to wrap: owner, attribute, and what makes the wrapper."""
    return [
        (DataLoader, "__iter__", _iterate),
        (_BaseDataLoaderIter, "__next__", _draw),
        (torch.nn.Module, "train", _set_mode),
        (torch.nn.Module, "eval", _set_mode),
    ]


def _iterate(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def __iter__(self: Any) -> Any:
            __tracebackhide__ = True
            iterator = original(self)
            if not is_compiling() and "loader_began" in hub.heard:
                hub.tell("loader_began", self, iterator, user_place())
            return iterator

        return __iter__

    return wrap


def _draw(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def __next__(self: Any) -> Any:
            __tracebackhide__ = True
            try:
                batch = original(self)
            except StopIteration:
                hub.tell("loader_ended", self)
                raise
            if "batch_drawn" in hub.heard:
                hub.tell("batch_drawn", self, batch)
            return batch

        return __next__

    return wrap


def _set_mode(hub: Hub) -> Callable[[Function], Function]:
    def wrap(original: Function) -> Function:
        def set_mode(self: Any, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if is_compiling() or hub.mode or "mode_set" not in hub.heard:
                return original(self, *args, **kwargs)
            with hub.mode:  # a module sets the modes of its parts
                result = original(self, *args, **kwargs)
            hub.tell("mode_set", self, self.training, user_place())
            return result

        return set_mode

    return wrap

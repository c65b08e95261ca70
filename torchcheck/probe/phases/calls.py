"""One call of a model from outside every other module, and what is noted of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import ref

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from torchcheck.finding import Span
from torchcheck.probe.frames import caller_place
from torchcheck.probe.graph import nodes
from torchcheck.probe.source import is_discarded

_TOP = 20_000


@dataclass(eq=False)
class Call:
    """A call of a model. It holds on to nothing of the user's.

    Attributes:
        root: the model.
        place: the user's line; None where a library called.
        training: the mode of the model.
        recorded: whether autograd recorded.
        noisy: the kinds of layers in it that are in training mode and act otherwise there.
        inputs, outputs: where the tensors lie: inputs begin there, outputs share that memory.
        inputs_learn: a gradient of an input is wanted.
        step: optimizer steps done.
        learns: its output is part of a graph.
        used: a backward went through it.
        scored: a loss was computed of its output without gradients.
        judged: a loss was computed of its output with gradients.
        name: the model's, where it may have to be told: by then the model may be gone.
        trained: in which mode the model had trained; None where it had not.
        supervised: a loss was computed of an output of the model.
    """

    root: ref[nn.Module]
    place: Span | None
    training: bool
    recorded: bool
    noisy: tuple[str, ...]
    inputs: frozenset[int]
    inputs_learn: bool
    step: int
    outputs: frozenset[int] = frozenset()
    learns: bool = False
    used: bool = False
    scored: bool = False
    judged: bool = False
    name: str = ""
    trained: bool | None = None
    supervised: bool = False

    def returned(self, output: Any, key: str) -> None:
        """Mark the graph of what it returned, so that a backward can be seen to go through it."""
        given = list(tensors(output))
        self.outputs = frozenset(memory(tensor) for tensor in given)
        for tensor in given:
            node: Any = tensor.grad_fn
            if node is not None:
                node.metadata[key] = self
                self.learns = True

    @property
    def is_thrown_away(self) -> bool:
        """Whether the user's code does nothing with its result."""
        return self.place is not None and is_discarded(self.place)


def begin_call(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], step: int) -> Call:
    """Note a call that is about to run."""
    given = [*tensors(args), *tensors(kwargs)]
    return Call(
        root=ref(module),
        place=caller_place(),
        training=module.training,
        recorded=torch.is_grad_enabled(),
        noisy=noise(module),
        inputs=frozenset(begin(tensor) for tensor in given),
        inputs_learn=any(tensor.requires_grad for tensor in given),
        step=step,
    )


def find_used(losses: Iterable[Tensor], calls: Iterable[Call], key: str) -> list[Call]:
    """Which of the calls a backward of these losses goes through."""
    wanted = {id(call) for call in calls}
    found: list[Call] = []
    for loss in losses:
        if loss.grad_fn is None:
            continue
        for node in nodes(loss.grad_fn, _TOP, stop=lambda node: id(node.metadata.get(key)) in wanted):
            call = node.metadata.get(key)
            if id(call) in wanted:
                found.append(call)
                wanted.discard(id(call))
        if not wanted:
            break
    return found


def noise(module: nn.Module) -> tuple[str, ...]:
    """The kinds of layers that are in training mode and act otherwise in evaluation mode."""
    return tuple(dict.fromkeys(_kind(part) for part in module.modules() if part.training and _kind(part)))


def is_noisy(module: nn.Module) -> bool:
    """Whether a model has layers, in whatever mode, whose mode makes a difference."""
    return any(_kind(part) for part in module.modules())


def _kind(part: nn.Module) -> str:
    if isinstance(part, _DropoutNd):
        return "dropout" if part.p else ""
    if isinstance(part, _BatchNorm):
        return "batch norm" if part.track_running_stats and "Instance" not in type(part).__name__ else ""
    if isinstance(part, (nn.RNNBase, nn.MultiheadAttention)):
        return "dropout" if part.dropout and getattr(part, "num_layers", 2) > 1 else ""
    return ""


def tensors(value: Any, depth: int = 3) -> Iterator[Tensor]:
    """The tensors in a value, looking into tuples, lists and dictionaries."""
    if isinstance(value, Tensor):
        yield value
    elif depth and isinstance(value, (tuple, list)):
        for one in value[:16]:
            yield from tensors(one, depth - 1)
    elif depth and isinstance(value, dict):
        for one in list(value.values())[:16]:
            yield from tensors(one, depth - 1)


def memory(tensor: Tensor) -> int:
    """Where a tensor's memory lies, which its views share; its id where it has none of its own."""
    try:
        return tensor.untyped_storage().data_ptr() or id(tensor)
    except (RuntimeError, NotImplementedError):
        return id(tensor)


def begin(tensor: Tensor) -> int:
    """Where a tensor's values begin, which tells slices of one table apart; its id where it has no memory."""
    try:
        return tensor.data_ptr() or id(tensor)
    except (RuntimeError, NotImplementedError):
        return id(tensor)

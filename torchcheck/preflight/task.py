"""What is examined: a model, a batch and a loss, and how they are put together."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from torchcheck.errors import UsageError
from torchcheck.preflight.columns import named
from torchcheck.preflight.outputs import loss_of, mapped, named_tensors, prediction_of

_TARGETS = ("labels", "label", "targets", "target", "y")
_NOTHING = object()


@dataclass(frozen=True)
class Call:
    """How a model is called with a batch, and what the loss compares its output with."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] | None = None
    target: Any = _NOTHING

    def fresh(self) -> Call:
        """The same call with copies of the tensors: a model may change its input in place."""
        return Call(
            mapped(self.args, Tensor.clone), mapped(self.kwargs, Tensor.clone), mapped(self.target, Tensor.clone)
        )

    def with_inputs(self, args: tuple[Any, ...], kwargs: Mapping[str, Any] | None) -> Call:
        return Call(args, kwargs, self.target)

    def inputs(self) -> list[tuple[str, Tensor]]:
        """The tensors that the model is given, by name."""
        return [*named_tensors(self.args, "input"), *named_tensors(dict(self.kwargs or {}), "input")]


class Task:
    """One batch to learn.

    Args:
        model: examined as it is, on its device.
        batch: see `torchcheck.preflight`.
        loss_fn: None where the model gives its own loss.
    """

    def __init__(self, model: nn.Module, batch: Any, loss_fn: Any) -> None:
        self.model = _unwrapped(model)
        self.loss_fn = loss_fn
        self._with_model = _takes_model(loss_fn)
        self._whole = _moved(batch, _device(self.model))
        self.call = Call() if self._with_model else _call(self.model, self._whole, loss_fn)
        self._outputs: list[Any] = []

    @property
    def owners(self) -> list[tuple[str, nn.Module]]:
        """The modules whose parameters learn, with what stands before their names."""
        owners = [("", self.model)]
        if isinstance(self.loss_fn, nn.Module) and self.loss_fn is not self.model:
            owners.append(("loss_fn.", self.loss_fn))
        return owners

    def parameters(self) -> list[tuple[str, nn.Parameter]]:
        """Every parameter that is trained, once, by name."""
        found = [(head + name, p) for head, owner in self.owners for name, p in owner.named_parameters()]
        return [(name, p) for name, p in found if p.requires_grad]

    def forward(self, call: Call | None = None) -> Any:
        """What the model gives for the batch."""
        chosen = (call or self.call).fresh()
        return self.model(*chosen.args, **(chosen.kwargs or {}))

    def answers(self, call: Call) -> dict[str, Tensor]:
        """The floating-point tensors in that, by how they are reached, without inputs that the model hands on."""
        chosen = call.fresh()
        output = self.model(*chosen.args, **(chosen.kwargs or {}))
        given = {id(tensor) for _, tensor in chosen.inputs()}
        return {name: out for name, out in named_tensors(output) if out.is_floating_point() and id(out) not in given}

    def loss(self, call: Call | None = None) -> Tensor:
        """The loss of the batch."""
        return self.loss_and_output(call)[0]

    def loss_and_output(self, call: Call | None = None) -> tuple[Tensor, Any]:
        """The loss, and what the model gave on the way; None where the loss function calls it more than once."""
        if self._with_model:
            return self._loss_by_itself()
        chosen = (call or self.call).fresh()
        output = self.model(*chosen.args, **(chosen.kwargs or {}))
        if self.loss_fn is None:
            return loss_of(output), output
        given = prediction_of(output) if _is_torch_loss(self.loss_fn) else output
        return loss_of(self.loss_fn(given, chosen.target)), output

    def _loss_by_itself(self) -> tuple[Tensor, Any]:
        given: list[Any] = []
        handle = self.model.register_forward_hook(lambda module, args, output: given.append(output))
        try:
            loss = loss_of(self.loss_fn(self.model, mapped(self._whole, Tensor.clone)))
        finally:
            handle.remove()
        return loss, given[0] if len(given) == 1 else None

    def named_inputs(self) -> list[tuple[str, Tensor]]:
        """What the model is given, as its parameters are called; the whole batch where the loss calls the model."""
        if self._with_model:
            return list(named_tensors(self._whole, "batch"))
        positional = _positional(self.model.forward) or []
        return [(named(path, positional), tensor) for path, tensor in self.call.inputs()]

    def outputs(self, change: Callable[[Tensor], Tensor]) -> list[Tensor]:
        """The floating-point tensors that the model gives for changed inputs; the loss where that calls the model."""
        if self._with_model:
            return [loss_of(self.loss_fn(self.model, mapped(mapped(self._whole, change), Tensor.clone)))]
        call = self.call.with_inputs(mapped(self.call.args, change), mapped(self.call.kwargs, change))
        return list(self.answers(call).values())

    def loss_of_samples(self, axis: int, count: int, size: int) -> Tensor:
        """The loss of another number of samples: those of the batch, again and again.

        Args:
            axis, count: where the samples lie, and how many the batch has.
            size: how many are wanted.
        """

        def change(tensor: Tensor) -> Tensor:
            if tensor.dim() <= axis or tensor.shape[axis] != count:
                return tensor.clone()
            return tensor.index_select(axis, torch.arange(size, device=tensor.device) % count)

        if self._with_model:
            return loss_of(self.loss_fn(self.model, mapped(self._whole, change)))
        call = self.call
        output = self.model(*mapped(call.args, change), **(mapped(call.kwargs, change) or {}))
        if self.loss_fn is None:
            return loss_of(output)
        given = prediction_of(output) if _is_torch_loss(self.loss_fn) else output
        return loss_of(self.loss_fn(given, mapped(call.target, change)))

    @property
    def can_forward(self) -> bool:
        """Whether the model can be called without its loss function."""
        return not self._with_model

    @contextmanager
    def mode(self, training: bool) -> Iterator[None]:
        """Put every module into a mode for a while."""
        before = [(module, module.training) for _, owner in self.owners for module in owner.modules()]
        try:
            for _, owner in self.owners:
                owner.train(training)
            yield
        finally:
            for module, was in before:
                module.training = was


def _unwrapped(model: nn.Module) -> nn.Module:
    """The model within wrappers that compile it, or that wait for other processes."""
    while True:
        inner = getattr(model, "_orig_mod", None)
        if inner is None and isinstance(model, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            inner = model.module
        if not isinstance(inner, nn.Module):
            return model
        model = inner


def _takes_model(loss_fn: Any) -> bool:
    """Whether it is a function of model and batch: its first parameter is called `model`."""
    names = _positional(loss_fn) if callable(loss_fn) and not isinstance(loss_fn, nn.Module) else None
    return bool(names) and names is not None and names[0] in ("model", "net", "network")


def _is_torch_loss(loss_fn: Any) -> bool:
    kind = type(loss_fn) if isinstance(loss_fn, nn.Module) else loss_fn
    return (getattr(kind, "__module__", None) or "").startswith(("torch.nn.modules.loss", "torch.nn.functional"))


def _call(model: nn.Module, batch: Any, loss_fn: Any) -> Call:
    if isinstance(batch, torch.utils.data.DataLoader):
        raise UsageError("preflight: give one batch, not the loader: `next(iter(loader))`")
    if isinstance(batch, Mapping):
        return _call_by_name(model, batch, loss_fn)
    if not isinstance(batch, (tuple, list)):
        return Call((batch,), target=batch)
    if loss_fn is None:
        return Call(tuple(batch))
    if len(batch) < 2:
        raise UsageError("preflight: a batch is (inputs, target), and this one has a single part")
    *inputs, target = batch
    if len(inputs) > 1:
        _check_room(model, len(inputs))
        return Call(tuple(inputs), target=target)
    return _call_with(model, inputs[0], target)


def _call_with(model: nn.Module, inputs: Any, target: Any) -> Call:
    """Inputs that are one value, or several: a dictionary by name, a tuple or list where the model takes as many."""
    if isinstance(inputs, Mapping) and set(map(str, inputs)) <= _names(model):
        return Call((), dict(inputs), target)
    if isinstance(inputs, (tuple, list)) and _room(model) >= len(inputs) and (len(inputs) > 1 or type(inputs) is tuple):
        return Call(tuple(inputs), target=target)
    return Call((inputs,), target=target)


def _call_by_name(model: nn.Module, batch: Mapping[str, Any], loss_fn: Any) -> Call:
    if loss_fn is None:
        return Call((), dict(batch))
    names = _names(model)
    unknown = [key for key in batch if key not in names]
    targets = [key for key in _TARGETS if key in batch and (key in unknown or "labels" not in names)]
    rest = {key: value for key, value in batch.items() if key not in targets[:1]}
    if not _is_open(model):
        rest = {key: value for key, value in rest.items() if key in names}
    if not rest:
        raise UsageError(
            f"preflight: the model takes none of {', '.join(f'`{key}`' for key in batch)}; give (inputs, target)"
        )
    return Call((), rest, batch[targets[0]] if targets else batch)


def _check_room(model: nn.Module, inputs: int) -> None:
    if _room(model) < inputs:
        raise UsageError(
            f"preflight: the batch has {inputs + 1} parts and the model takes {_room(model)}: give (inputs, target), "
            "or a `loss_fn(model, batch)`"
        )


def _positional(function: Any) -> list[str] | None:
    """The names of the positional parameters; None where they are not known, or any number is taken."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _room(model: nn.Module) -> int:
    names = _positional(model.forward)
    return 1 << 30 if names is None else len(names)


def _names(model: nn.Module) -> set[str]:
    return {p.name for p in _parameters(model) if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


def _is_open(model: nn.Module) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in _parameters(model))


def _parameters(model: nn.Module) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):
        return []


def _device(model: nn.Module) -> torch.device | None:
    first = next((tensor for tensor in (*model.parameters(), *model.buffers())), None)
    return first.device if first is not None else None


def _moved(batch: Any, device: torch.device | None) -> Any:
    """The batch on the device of the model; the batch itself where it is there."""
    if device is None or device.type == "meta":
        return batch
    tensors = [tensor for _, tensor in named_tensors(batch)]
    if tensors and all(tensor.device == device for tensor in tensors):
        return batch
    if not tensors:
        return batch.to(device) if device.type != "cpu" and hasattr(batch, "to") else batch
    return mapped(batch, lambda tensor: tensor.to(device))

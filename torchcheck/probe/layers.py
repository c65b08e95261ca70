"""What reaches the first layer of a model: dtype, device and scale of the data, on sampled training steps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.parameter import is_lazy
from torch.nn.utils.rnn import PackedSequence

from torchcheck.facts.layer import LayerFed, Moments, TensorInfo
from torchcheck.finding import Span
from torchcheck.probe.bare_layers import Bare, bare_layers
from torchcheck.probe.dtypes import ParameterDtypes
from torchcheck.probe.moments import RawMoments, feature_axis, measure, merge
from torchcheck.probe.observer import Observer
from torchcheck.probe.tensors import storage_of, tensors_in, varies

BATCHES = 8
"""Batches that are measured of a layer; more teach nothing, unless a half-precision format may overflow."""

_LOOKUPS = (nn.Embedding, nn.EmbeddingBag)
_SCALE_KEEPING = (
    *(nn.Identity, nn.Flatten, nn.Unflatten, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout),
    *(nn.ReLU, nn.LeakyReLU, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
    *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d, nn.Upsample),
)


@dataclass(eq=False)
class _Fed:
    """A first layer in one forward pass."""

    layer: nn.Module
    input: Tensor
    raw: RawMoments | None
    place: Span
    autocast: str | None
    output_dtype: str | None = None
    next_kind: str | None = None


@dataclass(eq=False)
class _Pass:
    """One call of a model, while it runs."""

    root: nn.Module
    storages: set[int]
    is_handed_on: bool
    fed: list[_Fed] = field(default_factory=list)
    weights_ran: bool = False
    awaits_next: _Fed | None = None


class Layers(Observer):
    """Records `LayerFed` facts.

    A first layer is one whose input no parameter has touched, and that is the first with weights in this call of the
    model, or is given what the model was given: what a frozen part of the model made of the data is not data.
    """

    facts: ClassVar[tuple[str, ...]] = ("layer",)
    rests: ClassVar[bool] = True

    def __init__(self) -> None:
        self._pass: _Pass | None = None
        self._made: set[int] = set()
        self._layers_seen = self._data_vary = False
        self._bare: dict[int, deque[Moments]] = {}
        self._batches: WeakKeyDictionary[nn.Module, deque[Moments]] = WeakKeyDictionary()
        self._names: WeakKeyDictionary[nn.Module, str] = WeakKeyDictionary()
        self._dtypes = ParameterDtypes()

    def new_step(self) -> None:
        self._made.clear()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._pass = None
        if torch.is_grad_enabled():
            tensors = list(tensors_in((*args, *kwargs.values())))
            self._data_vary = self._data_vary or any(map(varies, tensors))
            given = {storage_of(t) for t in tensors}
            self._pass = _Pass(module, given - self._made, is_handed_on=bool(given & self._made))

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        running = self._pass
        if running is None:
            return
        if not module._parameters:
            if not module._modules and not isinstance(module, _SCALE_KEEPING):
                self._name_next(running, module)
            return
        if module._modules and not isinstance(module, nn.MultiheadAttention):
            return  # a container with parameters of its own hands its input on to its children
        self._name_next(running, module)
        data = _first_tensor(args)
        if data is not None and self._is_first(running, module, data):
            running.awaits_next = self._fed(module, data)
            running.fed.append(running.awaits_next)
        running.weights_ran = self._layers_seen = True

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        for fed in self._pass.fed if self._pass is not None else ():
            if fed.layer is module and fed.output_dtype is None:
                made = next(tensors_in((output,)), None)
                fed.output_dtype = None if made is None else dtype_name(made.dtype)

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        running, self._pass = self._pass, None
        self._made.update(storage_of(t) for t in tensors_in((output,)) if not t.requires_grad)
        if running is None or output is None:
            return
        for fed in running.fed:
            if fed.raw is not None or fed.layer not in self._batches:  # else there is nothing new to judge
                self.session.report(self.session.judge.layer(self._fact(running.root, fed)))

    def before_backward(self, loss: Tensor) -> None:
        """Look for layers without a module, in trainings that call none."""
        if not self.session.sampled or self._layers_seen or loss.device.type == "meta":
            return
        for bare in bare_layers(loss):
            batches = self._bare.setdefault(id(bare.weight), deque(maxlen=BATCHES))
            if len(batches) < BATCHES:
                batches.append(measure(bare.data, 1 if bare.kind == "convolution" else -1).read())
                self.session.report(self.session.judge.layer(self._bare_fact(bare, batches)))

    def end(self) -> None:
        self._pass = None
        self._batches.clear()
        self._bare.clear()

    def _bare_fact(self, bare: Bare, batches: deque[Moments]) -> LayerFed:
        return LayerFed(
            module=self.session.names.tensor(bare.weight),
            kind=bare.kind,
            input=tensor_info("input", bare.data),
            weight=tensor_info("weight", bare.weight),
            output_dtype=None,
            trainable=True,
            moments=merge(batches),
            batches=len(batches),
            data_vary=False,
            next_kind=bare.next_kind,
            autocast=None,
            parameter_dtypes={},
            odd_parameter=None,
            place=self.session.user_place(),
            step=self.session.step,
        )

    @staticmethod
    def _name_next(running: _Pass, module: nn.Module) -> None:
        if running.awaits_next is not None:
            running.awaits_next.next_kind = type(module).__name__
            running.awaits_next = None

    @staticmethod
    def _is_first(running: _Pass, module: nn.Module, data: Tensor) -> bool:
        if data.requires_grad or data.is_complex() or data.is_sparse or data.numel() == 0 or is_norm(module):
            return False
        if isinstance(module, _LOOKUPS) or _weight(module) is None:
            return False
        return storage_of(data) in running.storages or not (running.weights_ran or running.is_handed_on)

    def _fed(self, module: nn.Module, data: Tensor) -> _Fed:
        autocast = _autocast_dtype(data.device.type)
        weight = _weight(module)
        is_half = autocast == "float16" or (weight is not None and weight.dtype is torch.float16)
        known = self._batches.get(module, ())
        raw = None
        if data.device.type != "meta" and data.dtype is not torch.bool and (is_half or len(known) < BATCHES):
            axis = feature_axis(data, module) if isinstance(module, _ConvNd) else -1
            raw = measure(data.detach(), axis)
        return _Fed(module, data.detach(), raw, self.session.user_place(), autocast)

    def _fact(self, root: nn.Module, fed: _Fed) -> LayerFed:
        layer, weight = fed.layer, _weight(fed.layer)
        batches = self._batches.setdefault(layer, deque(maxlen=BATCHES))
        if fed.raw is not None:
            batches.append(fed.raw.read())
        if layer not in self._names:
            self._names[layer] = self.session.names.module(layer)
        counts, odd = self._dtypes.of(root, self.session.names)
        return LayerFed(
            module=self._names[layer],
            kind=type(layer).__name__,
            input=tensor_info("input", fed.input),
            weight=None if weight is None else tensor_info("weight", weight),
            output_dtype=fed.output_dtype,
            trainable=any(p.requires_grad for p in layer.parameters()),
            moments=merge(batches),
            batches=len(batches),
            data_vary=self._data_vary,
            next_kind=fed.next_kind,
            autocast=fed.autocast,
            parameter_dtypes=counts,
            odd_parameter=odd,
            place=fed.place,
            step=self.session.step,
        )


def dtype_name(dtype: torch.dtype) -> str:
    """`float32`, without the `torch.`."""
    return str(dtype).removeprefix("torch.")


def tensor_info(name: str, tensor: Tensor) -> TensorInfo:
    """What a fact says of a tensor."""
    return TensorInfo(name, dtype_name(tensor.dtype), str(tensor.device), tuple(tensor.shape))


def is_norm(module: nn.Module) -> bool:
    """Whether a module normalises, by the name of its class: torch's, and everybody's own."""
    return "norm" in type(module).__name__.lower()


def _weight(module: nn.Module) -> Tensor | None:
    """The matrix that a layer multiplies its input by; None for a scale or shift of the user's own."""
    for parameter in module._parameters.values():
        if parameter is None or is_lazy(parameter):
            continue
        if parameter.dim() >= 2 and parameter.is_floating_point():
            return parameter
    return None


def _first_tensor(args: tuple[Any, ...]) -> Tensor | None:
    first = args[0] if args else None
    if isinstance(first, PackedSequence):
        first = first.data
    return first if isinstance(first, Tensor) else None


def _autocast_dtype(device: str) -> str | None:
    try:
        if not torch.is_autocast_enabled(device):
            return None
    except RuntimeError:  # a device without autocast
        return None
    return dtype_name(torch.get_autocast_dtype(device))

"""Activations between layers, on sampled steps: units that never fire, outputs that are pinned at the ends."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.outputs import Saturation, UnitsSeen
from torchcheck.finding import Span
from torchcheck.probe.hidden_units import Hidden, hidden_activations, mark_outputs
from torchcheck.probe.loss_value import LossValues
from torchcheck.probe.observer import Observer
from torchcheck.probe.packed import packs_now
from torchcheck.probe.session import Session

_WINDOW = {"relu": 12, "sigmoid": 8, "tanh": 8}
_EARLY = 4
_MOST_UNITS, _MOST_VALUES, _MOST_LAYERS = 1 << 16, 1 << 14, 256
_FEW_VALUES = 1 << 12
_BACKWARDS = 4
_FEWEST_SAMPLES = 4
_END = 0.01  # of the range


@dataclass(eq=False)
class _Layer:
    """What is remembered of the activation behind one weight, still on the device."""

    weight: ref[Tensor]
    kind: str
    window: deque[Tensor] = field(default_factory=deque)
    steps: deque[int] = field(default_factory=deque)
    early: list[tuple[int, Tensor]] = field(default_factory=list)


class Units(Observer):
    """Records `UnitsSeen` and `Saturation` facts, of the activations that a backward goes through.

    They are read from what the graph has saved, so that it makes no difference how they were written. Where a part of
    a model is checkpointed or its saved tensors are packed away, none are.
    """

    facts: ClassVar[tuple[str, ...]] = ("units", "saturated")
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._packed = False
        self._left = _BACKWARDS
        self._layers: dict[tuple[int, str], _Layer] = {}
        self._places: dict[int, tuple[ref[Tensor], Span]] = {}
        self._losses = LossValues()

    def new_step(self) -> None:
        self._packed, self._left = False, _BACKWARDS
        self.session.measured.clear()

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        self._packed = self._packed or packs_now()
        mark_outputs(module, output)
        for parameter in module._parameters.values():
            if parameter is not None and id(parameter) not in self._places:
                self._places[id(parameter)] = (ref(parameter), self.session.user_place())
        if torch.is_grad_enabled() and isinstance(output, Tensor) and not _is_odd(output):
            self._measure(module, output)

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        self._losses.scaled(tensors)

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled or self._packed or not self._left or packs_now():
            return
        self._left -= 1
        with torch.no_grad():
            for root in self.session.losses:
                if root.grad_fn is not None and root.device.type != "meta":
                    self._look(root)

    def end(self) -> None:
        self.session.measured.clear()
        self._layers.clear()
        self._places.clear()

    def _look(self, root: Tensor) -> None:
        found: dict[tuple[int, str], list[Hidden]] = {}
        for hidden in hidden_activations(root.grad_fn):
            if not _is_odd(hidden.values):
                found.setdefault((id(hidden.weight), hidden.kind), []).append(hidden)
        value = self._losses.of(root) if root.numel() == 1 else None
        for key, parts in found.items():
            layer = self._layer(key, parts[0])
            measured = None if layer is None else _silent(parts) if layer.kind == "relu" else _pinned(parts, value)
            if layer is not None and measured is not None:
                self._note(parts[0].weight, layer.kind, measured)
                self._add(layer, measured)

    def _measure(self, module: nn.Module, output: Tensor) -> None:
        """Mean and standard deviation of what a layer with weights gives."""
        for parameter in module._parameters.values():
            if parameter is not None and parameter.dim() > 1:
                with torch.no_grad():
                    std, mean = torch.std_mean(_some(output.detach(), _FEW_VALUES), correction=0)
                self.session.measured.setdefault(id(parameter), {}).update(mean=mean, std=std)
                return

    def _note(self, weight: Tensor, kind: str, measured: Tensor) -> None:
        of_layer = self.session.measured.setdefault(id(weight), {})
        if kind == "relu":
            of_layer["dead"] = measured.float().mean()
        else:
            of_layer["saturated"] = measured[0] + measured[1]

    def _layer(self, key: tuple[int, str], hidden: Hidden) -> _Layer | None:
        layer = self._layers.get(key)
        if layer is None or layer.weight() is not hidden.weight:
            if len(self._layers) >= _MOST_LAYERS:
                return None
            layer = self._layers[key] = _Layer(ref(hidden.weight), hidden.kind)
        return layer

    def _add(self, layer: _Layer, measured: Tensor) -> None:
        if layer.window and layer.window[-1].shape != measured.shape:
            layer.window.clear()
            layer.steps.clear()
        if len(layer.early) < _EARLY and layer.kind != "relu":
            layer.early.append((self.session.step, measured))
            return
        layer.window.append(measured)
        layer.steps.append(self.session.step)
        if len(layer.window) == _WINDOW[layer.kind]:
            self._judge(layer)
            for _ in range(_WINDOW[layer.kind] // 2):
                layer.window.popleft()
                layer.steps.popleft()

    def _judge(self, layer: _Layer) -> None:
        weight = layer.weight()
        if weight is None:
            return
        name = self.session.names.tensor(weight).removesuffix(".weight")
        _, place = self._places.get(id(weight), (None, self.session.user_place()))
        if layer.kind == "relu":
            self._judge_units(layer, name, place)
        else:
            self._judge_saturation(layer, name, place)

    def _judge_units(self, layer: _Layer, name: str, place: Span) -> None:
        silent = torch.stack(list(layer.window)).all(dim=0)
        fact = UnitsSeen(
            module=name,
            units=silent.numel(),
            dead=int(silent.sum()),
            batches=len(layer.window),
            place=place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.units(fact))

    def _judge_saturation(self, layer: _Layer, name: str, place: Span) -> None:
        numbers = torch.stack([*(one for _, one in layer.early), *layer.window]).tolist()
        losses = [loss for _, _, loss in numbers]
        fact = Saturation(
            module=name,
            function=layer.kind,
            low=tuple(low for low, _, _ in numbers),
            high=tuple(high for _, high, _ in numbers),
            steps=(*(step for step, _ in layer.early), *layer.steps),
            loss_change=_change(losses[0], (losses[-1] + losses[-2]) / 2),
            place=place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.saturated(fact))


def _change(first: float, newest: float) -> float | None:
    sound = math.isfinite(first) and math.isfinite(newest) and abs(first) > 1e-10
    return (newest - first) / abs(first) if sound else None


def _is_odd(values: Tensor) -> bool:
    if values.device.type == "meta" or values.layout is not torch.strided or type(values) is not Tensor:
        return True
    return values.is_complex() or not values.numel() or values.dim() < 2


def _silent(parts: list[Hidden]) -> Tensor | None:
    """Which units were zero for all samples, in every use of the layer."""
    highest: Tensor | None = None
    for hidden in parts:
        axis = _unit_axis(hidden)
        if axis is None or hidden.values.shape[0] < _FEWEST_SAMPLES:
            return None
        others = [number for number in range(hidden.values.dim()) if number != axis]
        if hidden.values.shape[axis] > _MOST_UNITS:
            return None
        own = hidden.values.amax(dim=others)
        if highest is not None and own.shape != highest.shape:
            return None
        highest = own if highest is None else torch.maximum(highest, own)
    return None if highest is None else highest <= 0


def _unit_axis(hidden: Hidden) -> int | None:
    """The axis along which the units of an activation lie; None where that is not known."""
    dims, shape = hidden.weight.dim(), hidden.values.shape
    if dims > 2 and len(shape) >= dims:  # a convolution
        axis = len(shape) - dims + 1
        return axis if axis == 1 else None
    if hidden.normed:
        return 1
    return len(shape) - 1 if shape[-1] in hidden.weight.shape else None


def _pinned(parts: list[Hidden], loss: Tensor | None) -> Tensor | None:
    """The parts of the outputs at the lower and the upper end, and the loss."""
    if loss is None:
        return None
    flat = torch.cat([_some(hidden.values, _MOST_VALUES // len(parts) + 1) for hidden in parts])
    bottom = -1.0 if parts[0].kind == "tanh" else 0.0
    margin = _END * (1 - bottom)
    low, high = (flat <= bottom + margin).float().mean(), (flat >= 1 - margin).float().mean()
    return torch.stack([low, high, loss.to(low.device)])


def _some(values: Tensor, most: int) -> Tensor:
    """At most so many of the values, evenly."""
    flat = values.reshape(-1)
    return flat[:: -(-len(flat) // most)].float()

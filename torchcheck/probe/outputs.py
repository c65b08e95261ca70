"""What models and activations give in training, on sampled steps: outputs that never change, units that never fire."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from torchcheck.facts.outputs import OutputsSeen, UnitsSeen
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.calls import tensors
from torchcheck.probe.session import Session

_RECTIFIERS = (nn.ReLU, nn.ReLU6)
_WINDOW = 12
_MOST_UNITS = 1 << 16
_MOST_LAYERS = 256


@dataclass(eq=False)
class _Layer:
    """The units of one rectifier that have not fired in the window, batch by batch."""

    name: str
    place: Span
    silent: deque[Tensor] = field(default_factory=lambda: deque(maxlen=_WINDOW))


class Outputs(Observer):
    """Records `OutputsSeen` facts, one a sampled training call of a model, and `UnitsSeen` facts of its rectifiers.

    Everything stays on the device until a window is full.
    """

    facts: ClassVar[tuple[str, ...]] = ("outputs", "units")
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._given: tuple[int, int, Tensor] | None = None  # which model, how many samples, how far they lie apart
        self._windows: WeakKeyDictionary[nn.Module, deque[Tensor]] = WeakKeyDictionary()
        self._layers: WeakKeyDictionary[nn.Module, _Layer] = WeakKeyDictionary()
        self._told: set[int] = set()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = [tensor for tensor in tensors((*args, kwargs)) if tensor.dim() > 0]
        alone = torch.is_grad_enabled() and module.training and len(given) == 1 and len(given[0]) >= 4
        self._given = None
        if alone and not _is_odd(given[0]):
            self._given = (id(module), len(given[0]), _spread(given[0]))

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        given, self._given = self._given, None
        if given is None or given[0] != id(module) or not isinstance(output, Tensor):
            return
        if output.dim() < 1 or len(output) != given[1] or not output.requires_grad or _is_odd(output):
            return
        window = self._windows.setdefault(module, deque(maxlen=_WINDOW))
        window.append(torch.stack([_spread(output), given[2].to(output.device)]))
        if len(window) == _WINDOW and id(module) not in self._told:
            self._judge_outputs(module, window)

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        if not isinstance(module, _RECTIFIERS) or self._given is None or not isinstance(output, Tensor):
            return
        if output.dim() < 2 or not output.requires_grad or _is_odd(output):
            return
        layer = self._layers.get(module)
        if layer is None:
            if len(self._layers) >= _MOST_LAYERS:
                return
            layer = self._layers[module] = _Layer(self.session.names.module(module), self.session.user_place())
        with torch.no_grad():
            axis = 1 if output.dim() in (2, 4, 5) else output.dim() - 1
            others = [number for number in range(output.dim()) if number != axis]
            if output.shape[axis] > _MOST_UNITS:
                return
            layer.silent.append(output.detach().amax(dim=others) <= 0)
        if len(layer.silent) == _WINDOW:
            self._judge_units(layer)

    def end(self) -> None:
        self._given = None
        self._windows.clear()
        self._layers.clear()

    def _judge_outputs(self, module: nn.Module, window: deque[Tensor]) -> None:
        numbers = torch.stack(list(window)).tolist()
        fact = OutputsSeen(
            model=self.session.names.module(module),
            spreads=tuple(output for output, _ in numbers),
            input_spreads=tuple(data for _, data in numbers),
            place=self.session.user_place(),
            step=self.session.step,
        )
        findings = self.session.judge.outputs(fact)
        if findings:
            self._told.add(id(module))
        self.session.report(findings)
        for _ in range(_WINDOW // 2):
            window.popleft()

    def _judge_units(self, layer: _Layer) -> None:
        sizes = {silent.shape for silent in layer.silent}
        if len(sizes) == 1:
            silent = torch.stack(list(layer.silent)).all(dim=0)
            fact = UnitsSeen(
                module=layer.name,
                units=silent.numel(),
                dead=int(silent.sum()),
                batches=len(layer.silent),
                place=layer.place,
                step=self.session.step,
            )
            self.session.report(self.session.judge.units(fact))
        for _ in range(_WINDOW // 2):
            layer.silent.popleft()


def _is_odd(tensor: Tensor) -> bool:
    if tensor.device.type == "meta" or tensor.layout is not torch.strided:
        return True
    return tensor.is_complex() or not tensor.numel()


def _spread(values: Tensor) -> Tensor:
    """How far the samples of a batch lie apart, at most, as a part of the largest value."""
    rows = values.detach().reshape(len(values), -1)[:, :4096].float()
    low, high = rows.amin(dim=0), rows.amax(dim=0)
    return (high - low).max() / torch.maximum(high.abs().max(), low.abs().max()).clamp(min=1e-30)

"""How large weights, gradients and updates are: measured around the optimizer's step, on sampled steps only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.facts.trail import LayerScales, ScaleSample
from torchcheck.finding import Span
from torchcheck.probe.fan_in import FanIns
from torchcheck.probe.frames import UNKNOWN_PLACE
from torchcheck.probe.loss_value import LossValues
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.whereabouts import whereabouts
from torchcheck.probe.readings import Weight, measure
from torchcheck.probe.tensors import some_rows
from torchcheck.probe.weight_order import WeightOrder

EARLY, NEWEST = 16, 12
"""A window keeps the first samples of a run, and the newest: a judgement on "from the start on" needs both."""

_JUDGED = 4
"""A window is judged at each of the early samples, then at every so many, and once more at the end of the run."""

_ROUNDING = 1e-10
"""A first loss below it can't fall: squared rounding errors of float32 on values near 1 are about 1e-14."""


@dataclass(eq=False)
class _History:
    """What is remembered of one optimizer between samples."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    fan_in: dict[str, int] = field(default_factory=dict)
    lookups: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    places: dict[str, int | None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    first_step: int = 0
    optimizer: str = ""
    place: Span = UNKNOWN_PLACE
    peak: float = 0.0
    losses: list[float] = field(default_factory=list)
    count: int = 0

    def add(self, name: str, sample: Sample) -> None:
        kept = self.samples.setdefault(name, [])
        kept.append(sample)
        if len(kept) > EARLY + NEWEST:
            del kept[EARLY]

    @property
    def in_order(self) -> list[str]:
        """The weights in the order of the forward pass; in that of the optimizer where it is not known of all."""
        if None in self.places.values():
            return list(self.samples)
        return sorted(self.samples, key=lambda name: self.places[name] or 0)

    @property
    def loss_change(self) -> float | None:
        """How far the two newest losses lie above the first, relative to it."""
        if len(self.losses) < 3 or abs(self.losses[0]) < _ROUNDING:
            return None
        first, newest = self.losses[0], (self.losses[-1] + self.losses[-2]) / 2
        return (newest - first) / abs(first)


class Scales(Observer):
    """Records `ScaleWindow` facts: one a sampled step of each optimizer.

    Costs one copy of the (larger weights' every n-th row of) weights, three fused norms and one read-back a sample.
    A step with a gradient that is not finite, or that a `GradScaler` held back, is no sample. Optimizers that evaluate
    a closure many times a step (LBFGS) have no update scale that could be judged.
    """

    facts: ClassVar[tuple[str, ...]] = ("scales",)
    rests: ClassVar[bool] = True

    def __init__(self) -> None:
        self._histories: WeakKeyDictionary[torch.optim.Optimizer, _History] = WeakKeyDictionary()
        self._kept: list[_History] = []  # a training function that has returned took its optimizer with it
        self._open: WeakKeyDictionary[torch.optim.Optimizer, list[Weight]] = WeakKeyDictionary()
        self._born: WeakKeyDictionary[torch.optim.Optimizer, int] = WeakKeyDictionary()
        self._fan_ins = FanIns()
        self._order = WeightOrder()
        self._loss: Tensor | None = None
        self._values = LossValues()

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        self._values.scaled(tensors)

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._born[optimizer] = self.session.step
        self._order.renew()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._fan_ins.learn(module)

    def before_backward(self, loss: Tensor) -> None:
        if self.session.sampled and loss.numel() == 1:
            self._loss = self._values.of(loss)
            self._order.learn(loss)

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if not self.session.sampled or isinstance(optimizer, torch.optim.LBFGS) or _is_scaled(optimizer):
            return
        weights = list(self._weights(optimizer))
        if weights:
            self._open[optimizer] = weights

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._open.pop(optimizer, None)

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        weights = self._open.pop(optimizer, None)
        if weights is None:
            return
        measured = self.session.measured
        extra = {w: measured[id(w.parameter)] for w in weights if id(w.parameter) in measured}
        numbers, others, loss = measure(weights, extra, self._loss)
        self._loss = None
        if not all(map(math.isfinite, numbers)):
            return
        history = self._histories.get(optimizer)
        if history is None:
            history = self._histories[optimizer] = _History(
                first_step=self._born.get(optimizer, 0), losses=self._first_loss(weights)
            )
            self._kept.append(history)
        if loss is not None and math.isfinite(loss):
            history.losses = [*history.losses[:1], *history.losses[1:][-2:], loss]
        self._keep(history, weights, numbers)
        if not history.optimizer:
            history.optimizer = self.session.names.optimizer(optimizer)
        history.place = place
        self._record(optimizer, history, weights, numbers, others, loss)
        history.count += 1
        if history.count <= EARLY or history.count % _JUDGED == 0:
            self._judge(history)

    def end(self) -> None:
        for history in self._kept:
            self._judge(history, final=True)
        self._kept.clear()
        self._open.clear()
        self._histories.clear()
        self._loss = None

    def _weights(self, optimizer: torch.optim.Optimizer) -> Iterator[Weight]:
        for group in optimizer.param_groups:
            rate = float(group.get("lr", 0.0))
            for parameter in group["params"]:
                if not _is_measurable(parameter):
                    continue
                rows = some_rows(parameter)
                yield Weight(parameter, rate, rows, some_rows(parameter.grad), rows.clone())

    def _keep(self, history: _History, weights: Sequence[Weight], numbers: Sequence[float]) -> None:
        count = len(weights)
        history.peak = max([history.peak, *(w.learning_rate for w in weights)])
        for i, weight in enumerate(weights):
            root = math.sqrt(weight.rows.numel())
            before, gradient, update = (numbers[i + k * count] / root for k in range(3))
            name = self._name(history, weight.parameter)
            history.add(name, Sample(self.session.step, before, gradient, update, weight.learning_rate))
            if name not in history.sizes:
                self._take_in(history, name, weight.parameter)

    def _take_in(self, history: _History, name: str, weight: Tensor) -> None:
        """Note what is known of a weight that is measured for the first time, and put it in its place."""
        history.sizes[name] = weight.numel()
        history.places[name] = self._order.of(weight)
        fan_in = self._fan_ins.of(weight)
        if fan_in is not None:
            history.fan_in[name] = fan_in
        elif self._fan_ins.is_lookup(weight):
            history.lookups.add(name)

    def _record(
        self,
        optimizer: torch.optim.Optimizer,
        history: _History,
        weights: Sequence[Weight],
        numbers: Sequence[float],
        others: Mapping[Weight, Mapping[str, float]],
        loss: float | None,
    ) -> None:
        """Note the sample for those who read how the scales went."""
        count = len(weights)
        layers = {}
        for i, weight in enumerate(weights):
            part = math.sqrt(weight.parameter.numel() / weight.rows.numel())
            norms = (numbers[i + k * count] * part for k in range(3))
            layers[self._name(history, weight.parameter)] = LayerScales(*norms, **others.get(weight, {}))
        self.session.scales.add(
            ScaleSample(
                step=self.session.step,
                optimizer=history.optimizer,
                layers=layers,
                learning_rates=tuple(float(group.get("lr", 0.0)) for group in optimizer.param_groups),
                loss=loss,
                epoch=whereabouts(self.session.drives, "after_step", self.session.step)[0],
            )
        )

    def _first_loss(self, weights: Sequence[Weight]) -> list[float]:
        """The first loss of an earlier optimizer of the same weights: what came before is part of their training."""
        for history in self._kept:
            if history.losses and any(id(weight.parameter) in history.names for weight in weights):
                return history.losses[:1]
        return []

    def _name(self, history: _History, parameter: Tensor) -> str:
        """The name of a weight, looked up once; told apart by a number from others that nobody can name."""
        name = history.names.get(id(parameter))
        if name is None:
            name = self.session.names.tensor(parameter)
            if name in history.names.values():
                name = f"{name} ({len(history.names)})"
            history.names[id(parameter)] = name
        return name

    def _judge(self, history: _History, final: bool = False) -> None:
        fact = ScaleWindow(
            samples={name: tuple(history.samples[name]) for name in history.in_order},
            optimizer=history.optimizer,
            first_step=history.first_step,
            peak_learning_rate=history.peak,
            fan_in=dict(history.fan_in),
            lookups=frozenset(history.lookups),
            sizes=dict(history.sizes),
            final=final,
            loss_change=history.loss_change,
            place=history.place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.scales(fact))


def _is_measurable(parameter: Tensor) -> bool:
    """Whether a parameter is a dense real matrix (or more) with a dense gradient on the device at hand."""
    gradient = parameter.grad
    return (
        type(parameter) in (torch.nn.Parameter, Tensor)  # a sharded or quantised subclass has its own arithmetic
        and parameter.dim() >= 2
        and parameter.numel() > 0
        and parameter.is_floating_point()
        and parameter.device.type != "meta"
        and gradient is not None
        and gradient.layout is torch.strided
        and gradient.shape == parameter.shape
    )


def _is_scaled(optimizer: torch.optim.Optimizer) -> bool:
    """Whether a fused optimizer will unscale the gradients itself, inside its step."""
    return getattr(optimizer, "grad_scale", None) is not None or getattr(optimizer, "found_inf", None) is not None

"""Tells an audience of the run: what it is made of, and its losses and learning rates on sampled steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary, WeakSet

import torch
from torch import Tensor, nn

from torchcheck.facts.curve import Curve
from torchcheck.facts.curve_json import curve_to_json
from torchcheck.facts.trail import ScaleSample, sample_to_json
from torchcheck.finding import Span
from torchcheck.probe.loss_value import LossValues, Number, is_readable, noted
from torchcheck.probe.observer import Observer
from torchcheck.probe.recording.audience import Audience, Hearer
from torchcheck.probe.recording.built import model_data, optimizer_data, rates, scheduler_data
from torchcheck.probe.recording.pulse import Pulse
from torchcheck.probe.recording.surroundings import environment_data, seed_data
from torchcheck.probe.source import argument, call_at, receiver

if TYPE_CHECKING:
    from torchcheck.probe.session import Session

_MOST_TOLD = 64
"""Optimizers, schedulers and models of one kind that are told of: some programs build one for every batch."""

_MOST_LOSSES = 8

_MOST_CURVES = 16
"""A program may train many models, each with its curves."""


class Recording(Observer):
    """Hears of sampled steps alone, and of what is built; a loss is read back when its step is over."""

    rests: ClassVar[bool] = True
    on_request: ClassVar[bool] = True

    def __init__(self, hearers: Sequence[Hearer], remark: Callable[[str], None]) -> None:
        self._audience = Audience(hearers, remark)
        lively = [hearer for hearer in hearers if getattr(hearer, "is_lively", False)]
        self._pulse = Pulse(lively, remark) if lively else None
        self.tell = self._audience.tell
        self._losses: dict[str, list[Number]] = {}
        self._places: dict[str, Span] = {}
        self._named: dict[int, str] = {}
        self._stepped: WeakSet[torch.optim.Optimizer] = WeakSet()
        self._optimizers: WeakKeyDictionary[torch.optim.Optimizer, str] = WeakKeyDictionary()
        self._models: WeakSet[nn.Module] = WeakSet()
        self._counts: dict[str, int] = {}
        self._seed: dict[str, Any] | None = None
        self._at = 0
        self._values = LossValues()

    def start(self, session: Session) -> None:
        if self._pulse is not None:
            self._pulse.session = session
            session.listeners.add(self._pulse)

    def tell_scales(self, sample: ScaleSample) -> None:
        """The scales of a step were measured."""
        self.tell("scales", sample_to_json(sample))

    def tell_curve(self, curve: Curve) -> None:
        """A training is over, and its learning curve is judged."""
        self._once_more("curve", curve_to_json(curve), _MOST_CURVES)

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._optimizers[optimizer] = name = self.session.names.optimizer(optimizer)
        self._once_more("optimizer", optimizer_data(optimizer, name))

    def scheduler_built(self, scheduler: Any, place: Span) -> None:
        optimizer = getattr(scheduler, "optimizer", None)
        name = self._optimizers.get(optimizer) if isinstance(optimizer, torch.optim.Optimizer) else None
        self._once_more("scheduler", scheduler_data(scheduler, name))

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        self._values.scaled(tensors)

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled:
            return
        self._at = self.session.step
        if self._seed is None:
            self._begin()
        for tensor in self.session.losses or (loss,):
            if is_readable(tensor):
                self._add(self._name(self.session.user_place()), tensor)

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        if optimizer not in self._optimizers:  # it is older than the watch
            self.built(optimizer, self.session.user_place())
        self._stepped.add(optimizer)

    def new_step(self) -> None:
        self._tell_step()

    def end(self) -> None:
        self._tell_step()
        if self._seed is not None and self._seed != (seed := seed_data()):
            self.tell("seed", seed)

    def _begin(self) -> None:
        """A training begins: what the program set up before is in place."""
        self._seed = seed_data()
        self.tell("environment", environment_data())
        self.tell("seed", self._seed)

    def _tell_step(self) -> None:
        """The sampled step is over."""
        losses, self._losses = self._losses, {}
        if not losses:
            self._stepped.clear()
            return
        found = {name: rates(optimizer) for optimizer, name in self._optimizers.items() if optimizer in self._stepped}
        self._stepped.clear()
        data = {
            "step": self._at,
            "losses": {name: _mean(values) for name, values in losses.items()},
            "rates": {name: rate for name, rate in found.items() if rate is not None},
        }
        self.tell("sample", data)
        self._tell_models()

    def _tell_models(self) -> None:
        for root in self.session.names.roots():
            if root not in self._models:
                self._models.add(root)
                data = model_data(root, self.session.names.root_name(root))
                if data is not None:
                    self._once_more("model", data)

    def _once_more(self, kind: str, data: dict[str, Any], most: int = _MOST_TOLD) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= most:
            self.tell(kind, {**data, "step": self.session.step})

    def _add(self, name: str, loss: Tensor) -> None:
        values = self._losses.get(name)
        if values is None and len(self._losses) < _MOST_LOSSES:
            values = self._losses[name] = []
        if values is not None:
            values.append(noted(self._values.of(loss)))

    def _name(self, place: Span) -> str:
        """What the user calls the loss of a backward; with its line where another has the same name."""
        known = self._named.get(id(place))  # places are kept for good
        if known is None:
            known = _written(place)
            if self._places.setdefault(known, place) is not place:
                known = f"{known} (line {place.start.row})"
            self._named[id(place)] = known
        return known


def _written(place: Span) -> str:
    """The loss as it is called there: `loss` of `loss.backward()`, and of `accelerator.backward(loss)`."""
    call = call_at(place)
    if call is None:
        return "loss"
    named = argument(place, 0, "tensors") if call.args else receiver(place)
    return named or "loss"


def _mean(values: list[Number]) -> float:
    return sum(float(value) for value in values) / len(values)

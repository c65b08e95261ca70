"""Records the learning curves of a run, and puts them before the rules when a training ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import WeakSet

import torch
from torch import Tensor, nn

from torchcheck.facts.curve import Curve, Series
from torchcheck.facts.loss import Loss
from torchcheck.finding import Span
from torchcheck.probe.curves.calls import Calls
from torchcheck.probe.curves.chance import Chance
from torchcheck.probe.curves.evaluations import Evaluation, Evaluations, Source
from torchcheck.probe.curves.numbers import Kept, Waiting
from torchcheck.probe.curves.training import Training
from torchcheck.probe.loss_value import noted
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.calls import noise
from torchcheck.probe.phases.drives import Drive
from torchcheck.probe.session import Session
from torchcheck.probe.source import method, receiver

_FEWEST = 10
"""Steps of which no curve is made."""

_FEWEST_EVALUATIONS = 3


class Curves(Observer):
    """Records `Curve` facts: one a training and evaluation, when the training ends.

    A training is the life of one optimizer. Its losses are noted in every step: on the CPU at once, on another device
    as a copy that stays there until the next sampled step reads all of them together. All else waits for sampled steps.
    """

    facts: ClassVar[tuple[str, ...]] = ("curve", "scores")

    def start(self, session: Session) -> None:
        self._resting = self._plain = False
        self._begin()

    def _begin(self) -> None:
        """Nothing is known of a training yet."""
        self._training, self._calls, self._chance = Training(), Calls(), Chance()
        self._evaluations = Evaluations()
        self._waiting = Waiting()
        self._rates = Kept()
        self._sources: dict[int, Source] = {}
        self._taught: set[int] = set()
        self._known: WeakSet[nn.Module] = WeakSet()
        self._noise: set[str] = set()
        self._smoothing: dict[bool, set[float]] = {True: set(), False: set()}

    # What happens.

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        if self._training.optimizers:
            self._finish()

    def paced(self) -> None:
        """Hear of losses alone until the next sample is near, and only of their backwards where these say all."""
        resting = not self.session.clock.is_near
        for event in ("batch_drawn", "stepped", "new_step"):
            self.session.mute(self, resting, event)
        self._resting, self._plain = resting, resting and self._training.is_plain
        self.session.mute(self, self._plain, "loss_called")

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        name = self.session.names.variable(loader) or f"the loader of line {place.start.row}"
        self._sources[id(loader)] = Source(name, id(getattr(loader, "dataset", loader)))

    def drive_closed(self, drive: Drive) -> None:
        source = self._sources.get(drive.loader)
        if drive.backwards and source is not None:
            self._taught.add(source.data)

    def batch_drawn(self, iterator: Any, batch: Any) -> None:
        self._calls.drawn()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._calls.called(module)
        if module.training and module not in self._known:
            self._known.add(module)
            self._noise.update(noise(module))

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        if output.requires_grad:
            self._training.called(name, output)
            if self.session.sampled:
                self._smoothing[True].add(float(kwargs.get("label_smoothing", 0.0)))
                self._chance.saw(Loss(name), args, kwargs)

    def loss_scored(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        self._calls.scored()
        self._smoothing[False].add(float(kwargs.get("label_smoothing", 0.0)))
        place = self.session.user_place()
        self._evaluations.saw(name, args, kwargs, output, self._loader(), place)

    def scaled(self, tensors: tuple[Tensor, ...]) -> None:
        self._training.scaled(tensors)

    def before_backward(self, loss: Tensor) -> None:
        session = self.session
        step = session.clock.step
        if self._evaluations.open:
            self._evaluations.close(step, self._waiting)
        if self._plain:
            self._training.note(step, noted(loss))
            return
        self._training.backward(session.losses, step)
        if not self._resting:
            self._calls.backward(session.sampled)
            if session.sampled:
                self._training.places.add(session.user_place())

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        self._training.optimizers.add(id(optimizer))
        if self.session.sampled and optimizer.param_groups:
            rate = optimizer.param_groups[0].get("lr")
            if isinstance(rate, float):
                self._rates.add(self.session.step, rate)

    def new_step(self) -> None:
        self._training.settle(self.session.step, self._waiting)
        if self.session.sampled:
            self._waiting.read()

    def end(self) -> None:
        self._finish()

    # What it means.

    def _loader(self) -> Source | None:
        """The loader that is gone through just now, the innermost."""
        alive = self.session.drives.alive()
        return self._sources.get(alive[-1].loader) if alive else None

    def _finish(self) -> None:
        """The training is over: judge it, and wait for another."""
        training = self._training
        for drive in self.session.drives.open:
            self.drive_closed(drive)
        self._evaluations.close(self.session.step, self._waiting)
        training.settle(self.session.step, self._waiting)
        self._waiting.read()
        if len(training.kept.values) >= _FEWEST and training.is_one_loss and self._calls.is_fixed:
            for curve in self._curves():
                if self.session.curve_heard is not None:
                    self.session.curve_heard(curve)
                self.session.report(self.session.judge.curve(curve))
                self.session.report(self.session.judge.scores(curve))
        self._begin()

    def _curves(self) -> Iterator[Curve]:
        """The training with each evaluation beside it, or alone."""
        evaluations = [
            evaluation
            for key, evaluation in self._evaluations.known.items()
            if key[0] not in self._taught and len(evaluation.loss.values) >= _FEWEST_EVALUATIONS
        ]
        for evaluation in evaluations:
            yield self._curve(evaluation)
        if not evaluations:
            yield self._curve(None)

    def _curve(self, evaluation: Evaluation | None) -> Curve:
        training = self._training
        (place,) = training.places
        named = receiver(place) if method(place) == "backward" else None
        own = named if named is not None and named.replace(".", "").isidentifier() else "loss"
        scored = evaluation is not None and len(evaluation.accuracy.values) > 0
        return Curve(
            training=_series(own, training.kept, place),
            validation=_series(f"loss on {evaluation.name}", evaluation.loss, evaluation.place) if evaluation else None,
            metric=_series(f"accuracy on {evaluation.name}", evaluation.accuracy, evaluation.place)
            if evaluation and scored
            else None,
            rates=_series("lr", self._rates, place) if len(self._rates.values) else None,
            samples=evaluation.samples if evaluation else None,
            comparable=evaluation is not None and training.is_by_call and evaluation.losses == training.losses,
            regularised=self._regularised(),
            chance=self._chance.loss() if training.is_by_call else None,
            ended_at=training.kept.broke_at,
            live=True,
        )

    def _regularised(self) -> tuple[str, ...] | None:
        """What makes training harder than evaluation; None where nothing was seen, which proves nothing."""
        found = ["dropout"] if "dropout" in self._noise else []
        if max(self._smoothing[True], default=0.0) > max(self._smoothing[False], default=0.0):
            found.append("label smoothing")
        return tuple(found) or None


def _series(name: str, kept: Kept, place: Span) -> Series:
    return Series(name=name, steps=list(kept.steps), values=list(kept.values), place=place)

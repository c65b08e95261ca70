"""The life of each learning-rate scheduler: what it was built with, where it steps, and how often."""

from __future__ import annotations

import linecache
import re
from collections import Counter
from typing import Any, ClassVar
from weakref import ref

import torch

from torchcheck.facts.scheduler import SchedulerUsed
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.drives import Drive
from torchcheck.probe.schedules.life import Life, Trained, is_forgotten, step_fact
from torchcheck.probe.session import Session
from torchcheck.probe.source import assigned_to, callee

_MOST_LIVES = 256


class Schedulers(Observer):
    """Records `SchedulerUsed` facts: one where something is noticed, and one of each scheduler at the end."""

    facts: ClassVar[tuple[str, ...]] = ("scheduler",)

    def start(self, session: Session) -> None:
        self._lives: dict[int, Life] = {}
        self._kept: list[Life] = []
        self._steps: Counter[int] = Counter()
        self._epochs = 0
        self._crashed = False
        session.mute(self, True, "stepped")

    def scheduler_built(self, scheduler: Any, place: Span) -> None:
        self.session.mute(self, False, "stepped")  # steps are counted from the first scheduler on
        self.session.drives.alive()
        optimizer = getattr(scheduler, "optimizer", None)
        if len(self._kept) >= _MOST_LIVES or not isinstance(optimizer, torch.optim.Optimizer):
            return
        kind = type(scheduler)
        full = f"{kind.__module__}.{kind.__qualname__}"
        life = Life(
            scheduler=ref(scheduler),
            kind=full,
            spelling=callee(place) or kind.__name__,
            name=assigned_to(place) or kind.__name__,
            place=place,
            optimizer=id(optimizer),
            optimizer_name=self.session.names.optimizer(optimizer),
            before=self._steps[id(optimizer)],
            epochs_before=self._epochs,
        )
        life.read(scheduler)
        for part in getattr(scheduler, "_schedulers", ()):
            inner = self._lives.get(id(part))
            if inner is not None:
                inner.owned = True
        self._lives[id(scheduler)] = life
        self._kept.append(life)

    def scheduled(self, scheduler: Any, place: Span) -> None:
        life = self._lives.get(id(scheduler))
        if life is None or life.scheduler() is not scheduler:
            return
        done = self._steps[life.optimizer] - life.before
        noticed = life.stepped(place, done)
        if noticed:
            self._judge(life, final=False)

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        self._steps[id(optimizer)] += 1

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._steps[id(optimizer)] += 1

    def drive_closed(self, drive: Drive) -> None:
        self._epochs += drive.backwards

    def crashed(self, error: BaseException) -> None:
        self._crashed = True

    def end(self) -> None:
        if not self._crashed and not self.session.stopped:
            for drive in self.session.drives.open:
                self.drive_closed(drive)
            for life in self._kept:
                self._judge(life, final=True)
        self._lives.clear()
        self._kept.clear()

    def _judge(self, life: Life, *, final: bool) -> None:
        trained = Trained(self._steps[life.optimizer] - life.before, self._epochs - life.epochs_before)
        others = [one for one in self._kept if one is not life and one.optimizer == life.optimizer and one.places]
        forgotten = final and not others and is_forgotten(life, trained) and not _is_stepped_in_source(life)
        span, text = life.span(trained) if final else (None, "")
        fact = SchedulerUsed(
            kind=life.kind,
            spelling=life.spelling,
            name=life.name,
            place=life.place,
            optimizer=life.optimizer_name,
            steps=tuple(step_fact(life, place, seen, trained, final=final) for place, seen in life.places.items()),
            forgotten=forgotten,
            span=span,
            span_text=text,
            mode=life.mode,
            factor=life.factor,
            factor_name=life.factor_name,
        )
        self.session.report(self.session.judge.scheduler(fact))


def _is_stepped_in_source(life: Life) -> bool:
    """Whether the file steps it under a condition that did not come true in this run."""
    source = "".join(linecache.getlines(life.place.filename))
    return re.search(rf"(?<!\w){re.escape(life.name)}\s*\.\s*step\b", source) is not None

"""In which order training data comes, and whether data that evaluates was trained on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch

from torchcheck.facts.loading import LoaderOrder, SamplesShared
from torchcheck.finding import Span
from torchcheck.probe.data.samples import Samples, samples_of, shared
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.drives import Drive
from torchcheck.probe.session import Session

_MOVING = re.compile(r"(?i)time|series|window|sequence|stream|frame|forecast|episode|replay|bptt")


class Loaders(Observer):
    """Records `LoaderOrder` facts, one a training loader, and `SamplesShared` facts, one a pair of loaders.

    Only the first pass over a loader is looked at, and only what lies in the memory of the host.
    """

    facts: ClassVar[tuple[str, ...]] = ("order_of_data", "shared")

    def start(self, session: Session) -> None:
        self._given: WeakKeyDictionary[Drive, Samples] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Any, Samples] = WeakKeyDictionary()
        self._first: WeakKeyDictionary[Any, Samples] = WeakKeyDictionary()
        self._trained: list[Samples] = []
        self._pairs: dict[tuple[int, int], SamplesShared] = {}
        self._held_out: set[int] = set()
        self._crashed = False

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._judge_pairs(final=True)  # another fold, another stage: its data may be shared out anew
        self._trained = []
        self._pairs.clear()
        self._held_out.clear()

    def loader_began(self, loader: Any, iterator: Any, place: Span) -> None:
        samples = self._known.get(loader)
        if samples is None:
            name = self.session.names.variable(loader) or type(loader).__name__
            samples = self._known[loader] = self._first[iterator] = samples_of(loader, name)
        self._given[self.session.drives.open[-1]] = samples
        self.session.mute(self, not self._first, "batch_drawn")

    def batch_drawn(self, iterator: Any, batch: Any) -> None:
        samples = self._first.get(iterator)
        if samples is not None:
            samples.add(batch)

    def drive_closed(self, drive: Drive) -> None:
        samples = self._given.pop(drive, None)
        if samples is None:
            return
        if samples.passes == 0:
            samples.whole &= drive.ended
        samples.passes += 1
        if drive.backwards or drive.grads:
            self._learned_from(samples, drive.place)
        elif not samples.trained:
            self._evaluated(samples, drive.place)

    def crashed(self, error: BaseException) -> None:
        self._crashed = True

    def end(self) -> None:
        if not self._crashed:
            for drive in self.session.drives.open:
                self.drive_closed(drive)
            self._judge_pairs(final=True)

    def _learned_from(self, samples: Samples, place: Span) -> None:
        if samples not in self._trained:
            self._trained.append(samples)
        if samples.trained:
            return
        samples.trained = True
        changes = samples.changes
        fact = LoaderOrder(
            loader=samples.name,
            dataset=samples.dataset,
            sequential=samples.sequential,
            samples=len(samples.labels),
            batches=samples.batches,
            changes=changes,
            memory=samples.memory if changes is None else None,
            moving=samples.moving or _MOVING.search(samples.dataset) is not None,
            place=place,
            step=self.session.step,
        )
        self.session.report(self.session.judge.order_of_data(fact))

    def _evaluated(self, samples: Samples, place: Span) -> None:
        for training in self._trained:
            key = (id(training), id(samples))
            common = shared(training, samples) if key not in self._pairs else None
            if common is None:
                continue
            if common == 0:
                self._held_out.add(id(samples))
                continue
            self._pairs[key] = SamplesShared(
                training=training.name,
                evaluation=samples.name,
                shared=common,
                evaluated=samples.size or len(samples.digests),
                trained=training.size or len(training.digests),
                only=None,
                place=place,
                step=self.session.step,
            )
        self._judge_pairs(final=False)

    def _judge_pairs(self, *, final: bool) -> None:
        for fact in self._pairs.values():
            only = not self._held_out if final else None
            self.session.report(self.session.judge.shared(replace(fact, only=only)))

"""What is known of a training while it lasts, from what hearers are told. Plain numbers: no tensor gets here."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from torchcheck.finding import Finding
from torchcheck.history.run import Series

USEFUL = (1e-4, 0.1)
"""Ratios of an update to its weight that a training learns with, as TheDeepChecker has them; see TCK601 and TCK602."""

_MIDDLE = sum(map(math.log10, USEFUL)) / 2
_MOST_VALUES = 1024
_PULSES = 20  # steps a second are those of the last five seconds


class State:
    """How far a training is.

    Args:
        clock: seconds, from any beginning.
        hides: whether a finding is not to be told.

    Attributes:
        step: optimizer steps done.
        epoch, phase: as far as they are known.
        losses: by name, at the steps that were sampled; every other value is dropped where there are too many.
        rates: learning rates of the optimizers, by name; that of the first group.
        findings: in the order in which they came.
        root: what paths in them are relative to, with its separator.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, hides: Callable[[Finding], bool] = lambda finding: False
    ) -> None:
        self._clock, self._hides = clock, hides
        self._began = clock()
        self._pulses: deque[tuple[float, int]] = deque(maxlen=_PULSES)
        self._ratios: dict[str, dict[str, float]] = {}
        self.root = os.path.join(os.getcwd(), "")
        self.step = 0
        self.epoch: int | None = None
        self.phase: str | None = None
        self.losses: dict[str, Series] = {}
        self.rates: dict[str, float] = {}
        self.findings: list[Finding] = []

    @property
    def seconds(self) -> float:
        """Since the script began."""
        return self._clock() - self._began

    @property
    def steps_per_second(self) -> float | None:
        """Of the last seconds; None before two pulses."""
        if len(self._pulses) < 2:
            return None
        (first, earlier), (last, now) = self._pulses[0], self._pulses[-1]
        return (now - earlier) / (last - first) if last > first else None

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something was told; kinds that nothing is shown of are let pass."""
        if kind == "pulse":
            self.step, self.epoch, self.phase = data["step"], data["epoch"], data["phase"]
            self._pulses.append((self._clock(), self.step))
        elif kind == "sample":
            self._sample(data)
        elif kind == "scales":
            self._ratios[data["optimizer"]] = dict(_ratios(data["layers"]))
        elif kind == "finding":
            finding = Finding.from_json(dict(data))
            if not self._hides(finding):
                self.findings.append(finding)

    def worst(self, most: int) -> list[tuple[str, float]]:
        """The weights whose updates are farthest from the middle of the useful range, with their ratios."""
        found = [pair for ratios in self._ratios.values() for pair in ratios.items()]
        return sorted(found, key=lambda pair: -_distance(pair[1]))[:most]

    def _sample(self, data: Mapping[str, Any]) -> None:
        self.step = max(self.step, data["step"])
        for name, value in data["losses"].items():
            series = self.losses.pop(name, None) or Series()
            self.losses[name] = series  # the last one that came stands last
            series.add(data["step"], float(value))
            if len(series.steps) > _MOST_VALUES:
                series.steps, series.values = series.steps[1::2], series.values[1::2]
        for name, rate in data["rates"].items():
            self.rates[name] = float(rate[0] if isinstance(rate, list) else rate)


def _ratios(layers: Mapping[str, list[float | None]]) -> list[tuple[str, float]]:
    """How large the update of each weight was, as a part of the weight."""
    measured = [(name, numbers[0], numbers[2]) for name, numbers in layers.items()]
    return [(name, update / weight) for name, weight, update in measured if weight and update is not None]


def _distance(ratio: float) -> float:
    return abs(math.log10(ratio) - _MIDDLE) if ratio > 0 else math.inf

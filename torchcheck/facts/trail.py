"""How the scales of a training lay over its layers, from the first step to the last. Measured by the probes.

Nothing here needs torch: a report and a history of runs read it.
"""

from __future__ import annotations

import json
import math
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from operator import attrgetter
from typing import Any

from torchcheck.records import frozen

FIELDS = ("weight", "gradient", "update", "mean", "std", "dead", "saturated")
_VERSION = 1
HEAD = {"kind": "scales", "version": _VERSION, "fields": FIELDS}
"""The first line of what `Trail.to_json_lines` writes."""

_OPTIMIZERS = 4
_values = attrgetter(*FIELDS)


@frozen
class LayerScales:
    """One weight, and the layer that it belongs to, at one sampled step. What was not measured is None.

    Attributes:
        weight: Euclidean norm of the weight before the step; of a large one worked out from every n-th of its rows.
        gradient: of the gradient that the step used: unscaled, clipped, accumulated.
        update: of the change that the step made.
        mean, std: of what the layer gave.
        dead: part of its units that a rectifier behind it let through for no sample of the batch.
        saturated: part of what it gave that a sigmoid or tanh behind it pinned to an end.
    """

    weight: float | None
    gradient: float | None
    update: float | None
    mean: float | None = None
    std: float | None = None
    dead: float | None = None
    saturated: float | None = None


@frozen(kw_only=True)
class ScaleSample:
    """The layers that one optimizer trains, around one of its steps.

    Attributes:
        step: optimizer steps done before it.
        optimizer: as the user calls it, or its class.
        layers: by the name of the weight, in the order of the optimizer.
        learning_rates: of its parameter groups.
        loss: of the last backward before the step; None where that was no single number.
        epoch: counted from 1; None where no loader told.
    """

    step: int
    optimizer: str
    layers: Mapping[str, LayerScales]
    learning_rates: tuple[float, ...]
    loss: float | None = None
    epoch: int | None = None


@frozen
class _Kept:
    """A sample as it is kept: its numbers side by side, seven a layer."""

    sample: ScaleSample
    names: tuple[str, ...]
    numbers: array[float]

    def unpacked(self) -> ScaleSample:
        values = [None if math.isnan(number) else number for number in self.numbers]
        width = len(FIELDS)
        layers = {name: LayerScales(*values[i * width : (i + 1) * width]) for i, name in enumerate(self.names)}
        return _with(self.sample, layers)


class Trail:
    """The samples of a run, in the order in which they were taken. Its memory is bounded however long the run is.

    The newest samples are all kept. Of older ones every n-th is, with an n that doubles as the run goes on, so that
    they lie evenly over it; the first is always among them.

    Args:
        recent: newest samples that are kept.
        old: older ones.

    Attributes:
        heard: told of each sample as it comes.
    """

    def __init__(self, recent: int = 128, old: int = 128) -> None:
        self._recent: deque[_Kept] = deque()
        self._old: list[_Kept] = []
        self._most_recent, self._most_old = recent, old
        self._aged, self._stride = 0, 1
        self.heard: Callable[[ScaleSample], None] | None = None

    def __len__(self) -> int:
        return len(self._old) + len(self._recent)

    def __iter__(self) -> Iterator[ScaleSample]:
        """The samples that were kept, oldest first."""
        for kept in (*self._old, *self._recent):
            yield kept.unpacked()

    def add(self, sample: ScaleSample) -> None:
        """Keep one more."""
        if self.heard is not None:
            self.heard(sample)
        names = tuple(sample.layers)
        for kept in islice(reversed(self._recent), _OPTIMIZERS):
            if kept.names == names:
                names = kept.names  # one tuple for all samples of an optimizer
                break
        numbers = array("f")
        for layer in sample.layers.values():
            numbers.extend([math.nan if value is None else value for value in _values(layer)])
        self._recent.append(_Kept(_with(sample, {}), names, numbers))
        if len(self._recent) > self._most_recent:
            self._age(self._recent.popleft())

    def _age(self, kept: _Kept) -> None:
        if self._aged % self._stride == 0:
            self._old.append(kept)
        self._aged += 1
        if len(self._old) > self._most_old:
            self._old = self._old[::2]
            self._stride *= 2

    def to_json_lines(self) -> Iterator[str]:
        """A line that says what follows, then one a sample."""
        yield json.dumps(HEAD)
        for sample in self:
            yield json.dumps(sample_to_json(sample), separators=(",", ":"))

    @classmethod
    def from_json_lines(cls, lines: Iterable[str]) -> Trail:
        """What `to_json_lines` wrote. Raises ValueError for anything else."""
        head, *rest = (json.loads(line) for line in lines if line.strip())
        if not isinstance(head, dict) or head.get("kind") != "scales" or head.get("version") != _VERSION:
            raise ValueError("these lines are no scales, or of another version")
        trail = cls(recent=max(1, len(rest)))
        for data in rest:
            trail.add(_from_json(data, head["fields"]))
        return trail


def _with(sample: ScaleSample, layers: Mapping[str, LayerScales]) -> ScaleSample:
    return ScaleSample(
        step=sample.step,
        optimizer=sample.optimizer,
        layers=layers,
        learning_rates=sample.learning_rates,
        loss=sample.loss,
        epoch=sample.epoch,
    )


def sample_to_json(sample: ScaleSample) -> dict[str, Any]:
    """A sample as JSON types, as a line of `to_json_lines` holds it."""
    layers = {name: [_short(value) for value in _values(layer)] for name, layer in sample.layers.items()}
    return {
        "step": sample.step,
        "epoch": sample.epoch,
        "optimizer": sample.optimizer,
        "loss": _short(sample.loss),
        "learning_rates": [_short(rate) for rate in sample.learning_rates],
        "layers": layers,
    }


def _short(value: float | None) -> float | None:
    """Six digits; what JSON has no number for is left out."""
    return float(f"{value:.6g}") if value is not None and math.isfinite(value) else None


def _from_json(data: Mapping[str, Any], fields: list[str]) -> ScaleSample:
    return ScaleSample(
        step=data["step"],
        epoch=data["epoch"],
        optimizer=data["optimizer"],
        loss=data["loss"],
        learning_rates=tuple(math.nan if rate is None else rate for rate in data["learning_rates"]),
        layers={
            name: LayerScales(**dict(zip(fields, numbers, strict=True))) for name, numbers in data["layers"].items()
        },
    )

"""What models and their activations gave in training, over a window of sampled steps. Measured by the probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torchcheck.facts.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsSeen:
    """The outputs of a model that was called with one batch, in training mode.

    Attributes:
        model: as the user calls it.
        spreads: how far the outputs for the samples of one batch lay apart at most, as a part of the largest; one a
            sampled step, oldest first.
        input_spreads: the same of the inputs.
        place: the call of the model.
        step: optimizer steps done.
    """

    model: str
    spreads: Sequence[float]
    input_spreads: Sequence[float]
    place: Place
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsSeen:
    """The units (channels, features) of a rectifier between two layers.

    Attributes:
        module: dotted name of the layer before it.
        units: how many there are.
        dead: how many were zero for every sample of the window.
        batches: sampled batches in the window.
        place: the call of the layer.
        step: optimizer steps done.
    """

    module: str
    units: int
    dead: int
    batches: int
    place: Place
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturation:
    """The outputs of a sigmoid or tanh between two layers, over a window of sampled steps.

    Pinned are outputs within a hundredth of the whole range of an end.

    Attributes:
        module: dotted name of the layer before it.
        function: `sigmoid` or `tanh`.
        low, high: the part of the outputs that is pinned at the lower end and at the upper end; one a sampled step,
            oldest first: the first four of the run, and the newest.
        steps: which steps these are.
        loss_change: how far the newest losses lie above the first, relative to it; None when unknown.
        place: the call of the layer.
        step: optimizer steps done.
    """

    module: str
    function: str
    low: Sequence[float]
    high: Sequence[float]
    steps: Sequence[int]
    loss_change: float | None
    place: Place
    step: int

"""How the gradient changes from layer to layer, for the rules that judge it."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence

from torchcheck.facts.scales import Sample, ScaleWindow
from torchcheck.records import frozen

_FEWEST = 4
"""Layers that a decay from layer to layer needs: over three, a single odd one looks like it."""

_LARGEST_PART = 0.6
"""Part of the whole decay (in decades) that one pair of neighbours may have: more is one odd layer."""

_DETOUR = 1.6
"""How much longer than the straight way a decay may be, in decades up and down."""


@frozen
class Layer:
    """One weight over a window.

    Attributes:
        name: of the weight.
        gradient: median RMS of its gradient x sqrt(fan-in), so that it is what a weight of gain 1 would be compared to.
        update: the same of what a step changes.
    """

    name: str
    gradient: float
    update: float


def layers(fact: ScaleWindow, *, settled: int, samples: int) -> list[Layer]:
    """The weights of a model in the order of its parameters, measured on steps after the first `settled` ones.

    Lookups, and weights with fewer than `samples` such steps or without a gradient in most of them, are left out.
    """
    found = []
    for name, fan_in in ((name, fact.fan_in.get(name)) for name in fact.samples):
        late = [s for s in fact.samples[name] if s.step - fact.first_step >= settled]
        if fan_in is None or len(late) < samples:
            continue
        gradient = _median(late, _gradient) * math.sqrt(fan_in)
        if gradient > 0:
            found.append(Layer(name, gradient, _median(late, _update) * math.sqrt(fan_in)))
    return found


def fades(profile: Sequence[Layer]) -> tuple[Layer, Layer] | None:
    """The layer with the smallest and that with the largest gradient, if it fades step by step towards the input.

    One layer that is out of scale is no decay, nor are layers that go up and down.
    """
    if len(profile) < _FEWEST:
        return None
    half = len(profile) // 2
    low = min(profile[:half], key=lambda layer: layer.gradient)
    high = max(profile[half:], key=lambda layer: layer.gradient)
    way = profile[profile.index(low) : profile.index(high) + 1]
    steps = [math.log10(b.gradient / a.gradient) for a, b in itertools.pairwise(way)]
    whole = sum(steps)
    if len(way) < _FEWEST or whole <= 0:
        return None
    gradual = max(steps) <= _LARGEST_PART * whole and sum(map(abs, steps)) <= _DETOUR * whole
    return (low, high) if gradual else None


def swells(fact: ScaleWindow, ratio: float = 1000.0, growth: float = 1000.0) -> tuple[str, dict[str, float]] | None:
    """The inner weight whose gradient is largest relative to it on the first steps, and that of each weight, if it
    has grown on its way back from the last one: it is above `ratio`, and `growth` times that of the last weight."""
    ratios = {
        name: max((s.gradient / s.weight for s in samples if s.step - fact.first_step < FIRST and s.weight), default=0)
        for name, samples in fact.samples.items()
        if name in fact.fan_in
    }
    inner = list(ratios)[1:-1]  # the first layer's gradient is as large as the input
    if not inner:
        return None
    name, last = max(inner, key=ratios.__getitem__), list(ratios)[-1]
    huge = ratios[name] >= ratio and ratios[name] >= growth * ratios[last]
    return (name, ratios) if huge else None


FIRST = 4
"""Samples (and steps) that are the first ones of a run."""


@frozen
class Norm:
    """The gradient of all weights together at one step.

    Attributes:
        step: optimizer steps done before it.
        gradient: its Euclidean norm.
        ratio: that norm over the norm of the weights.
        update_ratio: norm of the update over the norm of the weights.
    """

    step: int
    gradient: float
    ratio: float
    update_ratio: float


def norms(fact: ScaleWindow) -> list[Norm]:
    """One for each sampled step. Weights that joined later (unfrozen, or used for the first time) are left out."""
    begun = min((samples[0].step for samples in fact.samples.values()), default=0)
    steps: dict[int, list[tuple[int, Sample]]] = {}
    for name, samples in fact.samples.items():
        if samples[0].step == begun:
            for sample in samples:
                steps.setdefault(sample.step, []).append((fact.sizes[name], sample))
    found = []
    for step, parts in sorted(steps.items()):
        weight, gradient, update = (
            math.sqrt(sum(size * of(sample) ** 2 for size, sample in parts)) for of in (_weight, _gradient, _update)
        )
        if weight:
            found.append(Norm(step, gradient, gradient / weight, update / weight))
    return found


def _weight(sample: Sample) -> float:
    return sample.weight


def _gradient(sample: Sample) -> float:
    return sample.gradient


def _update(sample: Sample) -> float:
    return sample.update


def _median(samples: Sequence[Sample], of: Callable[[Sample], float]) -> float:
    return statistics.median(of(sample) for sample in samples)

"""Layers whose units are copies of one another, and stay so. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class UnitsAlike:
    """A layer that began with equal weights for all of its units.

    Attributes:
        module: dotted name of the layer.
        units: how many it has.
        value: what every weight began with; None where the weights of one unit differ from one another.
        moved: training has changed them, all alike; otherwise they are zero, as are their gradients.
        zeros: how many layers of the optimizer are zero like this one, itself among them.
        samples: sampled steps in which this was so.
        place: where the layer is assigned; where that is not found, the optimizer's step.
        step: optimizer steps done.
    """

    module: str
    units: int
    value: float | None
    moved: bool
    zeros: int
    samples: int
    place: Place
    step: int

"""A target that the network under training computes itself. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class BootstrapLearns:
    """A loss between a prediction of a network and data plus a discounted value of the same network, with gradients.

    Attributes:
        network: the network, or its first layer, as the user calls it.
        discount: the factor of the value, as in 0.99.
        seen: sampled backwards so far in which it was so.
        source: the source around the backward.
        place: the backward.
        step: optimizer steps done.
    """

    network: str
    discount: float
    seen: int
    source: str
    place: Place
    step: int

"""One layer that stands several times in a container. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class LayerRepeated:
    """A container of layers that are one and the same object, or the same few in turns.

    Attributes:
        container: the container as the user calls it.
        kind: class name of the layer; of several, of the first that has weights.
        count: how many times it stands there.
        names: what the layer, the container and their owners are called, and the source around the container, as words.
        place: where the container is assigned; where that is not found, the optimizer's step.
        step: optimizer steps done.
    """

    container: str
    kind: str
    count: int
    names: str
    place: Place
    step: int

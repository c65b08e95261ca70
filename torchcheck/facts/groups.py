"""How an optimizer treats the parameters of a model. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class GroupsUsed:
    """The parameter groups of an optimizer that trains called models.

    Attributes:
        optimizer: as the user calls it.
        place: its construction or first step.
        decay: the weight decay of norms and biases; 0 without one.
        decayed: names of norm weights and biases that decay, where matrices decay with them; a few of them.
        decayed_count: how many there are.
        epsilon: an epsilon that is 0 in the dtype of the parameters it is added to; None where there is none.
        dtype: that dtype.
        step: optimizer steps done.
    """

    optimizer: str
    place: Place
    decay: float
    decayed: tuple[str, ...]
    decayed_count: int
    epsilon: float | None
    dtype: str
    step: int

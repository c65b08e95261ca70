"""A generator of parameters that is used a second time."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class GeneratorSpent:
    """Something that iterates over a generator of parameters which has nothing left to give.

    Attributes:
        name: the generator as the user writes it.
        place: where it gives nothing.
        first: where it was used up; None where that is the same place, in the turn of a loop before, or not known.
        use: what iterates over it: `clip_grad_norm_`, `Adam`, or empty for a loop.
        in_loop: it was used up in the turn of a loop before.
    """

    name: str
    place: Place
    first: Place | None
    use: str = ""
    in_loop: bool = True

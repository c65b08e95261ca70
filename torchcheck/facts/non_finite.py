"""The first NaN or infinity of a run, and where it was born. Recorded by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class NonFinite:
    """The birth of a value that is not finite.

    Attributes:
        value: `nan` or `inf`.
        what: what first held it: `input`, `activation`, `loss`, `gradient` or `weight`; `prepared` where a model made
            it of an input that is finite, ahead of its first weights.
        name: the name of the weight (for a weight or a gradient), `input` or `target`, `prepared input` (what a model
            computes from its own, which may hold it already), or the operation (`log`, `division`) in whose result it
            first stood.
        module: dotted path of the module in which it was born; None when it was born outside every module.
        dtype: of the tensor, as in `float16`.
        place: the user's line closest to the birth.
        born_at: the place of the operation itself, if it is known.
        step: optimizer steps done.
        index: of the first such element, outermost axis first; None when not known.
        inputs_absmax: largest magnitude that went into the operation; None when not known.
        operation: the operation in whose result or backward it was born; None when it was none.
        cause: what the operation met, for a message: `a zero`, `a divisor of zero`; None when not known.
        after: dotted path of the last layer with weights that the value had passed through, of what is `prepared` of
            the layer without weights that made it; None when not known.
        losses: the last finite losses before it, oldest first.
    """

    value: str
    what: str
    name: str
    module: str | None
    dtype: str
    place: Place
    step: int
    born_at: Place | None = None
    index: tuple[int, ...] | None = None
    inputs_absmax: float | None = None
    operation: str | None = None
    cause: str | None = None
    after: str | None = None
    losses: tuple[float, ...] = ()

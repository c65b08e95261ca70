"""What an optimizer was built with."""

from __future__ import annotations

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


@frozen(kw_only=True)
class OptimizerBuilt:
    """The construction of an optimizer.

    Attributes:
        kind: full dotted name of its class, `torch.optim.Adam` (the public name, not the defining module).
        spelling: the class as the user writes it, `optim.Adam`.
        place: the construction; where that was not seen, the first step.
        weight_decay: one a parameter group, in effect there; None where not known. Empty when nothing is known.
        decoupled: the `decoupled_weight_decay` argument; None when not known.
        default_of: the command-line option whose default the weight decay is, `args.weight_decay`; else empty.
        step: optimizer steps done when it was seen; None for the linter.
        rename_to_adamw: an edit that names `AdamW` in its place.
    """

    kind: str
    spelling: str
    place: Place
    weight_decay: tuple[float | None, ...] = ()
    decoupled: bool | None = False
    default_of: str = ""
    step: int | None = None
    rename_to_adamw: FixMaker = no_fix

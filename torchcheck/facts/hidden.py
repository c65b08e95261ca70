"""Parts of a module that it doesn't register. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class HiddenPart:
    """Layers or parameters that a loss reaches, that no optimizer owns, and that their module doesn't know.

    Attributes:
        owner: the class of the module that holds them.
        attribute: of which attribute, as in `self.layers`.
        container: what the attribute is: `list`, `dict`, the class of an object; empty for the tensor itself.
        layers: layers are hidden; otherwise parameters.
        computed: the attribute was computed from the parameter, which nobody keeps.
        place: where the attribute is assigned; where that is not found, the optimizer's construction.
        step: optimizer steps done.
    """

    owner: str
    attribute: str
    container: str
    layers: bool
    computed: bool
    place: Place
    step: int

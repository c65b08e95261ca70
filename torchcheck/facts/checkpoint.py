"""Weights that are kept, saved and loaded."""

from __future__ import annotations

from torchcheck.facts.place import FixMaker, Place, no_fix
from torchcheck.records import frozen


@frozen(kw_only=True)
class StateKept:
    """A `state_dict` was kept without a copy while its model trained on.

    Attributes:
        place: where it was taken.
        model: as the user calls it, and `name` what it was kept as.
        used_at: where it was used after more training; None where that was not seen.
        copy: an edit that copies it.
    """

    place: Place
    model: str
    name: str
    used_at: Place | None = None
    copy: FixMaker = no_fix


@frozen(kw_only=True)
class ModuleSaved:
    """A whole module was saved, with its class, instead of its weights."""

    place: Place
    model: str


@frozen(kw_only=True)
class StateLoaded:
    """Weights were loaded from a file.

    Attributes:
        strict: whether names have to match; None when not known.
        ignored: nobody looks at the names that did not.
    """

    place: Place
    model: str
    strict: bool | None
    ignored: bool

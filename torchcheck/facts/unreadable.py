"""A file that is not Python. Known to the linter."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen(kw_only=True)
class Unreadable:
    """A file, or a cell of a notebook, that could not be parsed.

    Attributes:
        reason: what the parser says, without a full stop.
        place: where it gave up.
        help: what to do, where more is known than that.
    """

    reason: str
    place: Place
    help: str | None = None

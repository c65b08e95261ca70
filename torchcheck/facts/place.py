"""Where a fact was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torchcheck.finding import Fix, Span


class Place(Protocol):
    """A place in the user's source that can be located when somebody asks.

    The linter finds rows and columns only for files that have a finding, so a place is a promise; the probes know
    theirs at once, and there a `Span` is the place.
    """

    def span(self) -> Span:
        """File, rows and columns."""


FixMaker = Callable[[], Fix | None]
"""Makes an edit when it is asked for; None where the source can't be changed safely."""


def no_fix() -> Fix | None:
    """The fix maker of a lens that can't edit."""
    return None

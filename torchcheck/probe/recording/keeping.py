"""Findings on their way to the other ranks, and to those who hear of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from torchcheck.finding import Finding

if TYPE_CHECKING:
    from torchcheck.probe.session import Keeper


class Keeping:
    """A keeper that tells of each finding, too.

    Args:
        keeper: the one for the ranks, if there is one.
        tell: takes the finding.
    """

    def __init__(self, keeper: Keeper | None, tell: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._keeper = keeper
        self._tell = tell

    @property
    def keeps_notes(self) -> bool:
        return self._keeper is not None and self._keeper.keeps_notes

    def found(self, finding: Finding) -> None:
        """Keep a finding, and tell of it."""
        if self._keeper is not None:
            self._keeper.found(finding)
        self._tell("finding", finding.to_json())

    def note(self, note: dict[str, Any]) -> None:
        """Keep what is to be compared between ranks."""
        if self._keeper is not None:
            self._keeper.note(note)

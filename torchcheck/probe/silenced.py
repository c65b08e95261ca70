"""Comments in the user's source that silence what the probes find there."""

from __future__ import annotations

import linecache

from torchcheck.finding import Finding
from torchcheck.suppress import Suppressions


class Silenced:
    """The comments of every file that had a finding, read once a file."""

    def __init__(self) -> None:
        self._by_file: dict[str, Suppressions] = {}

    def covers(self, finding: Finding) -> bool:
        """Whether a comment silences this finding."""
        known = self._by_file.get(finding.filename)
        if known is None:
            known = self._by_file[finding.filename] = Suppressions.parse("".join(linecache.getlines(finding.filename)))
        return known.covers(finding)

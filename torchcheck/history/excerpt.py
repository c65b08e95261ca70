"""The lines of source around a finding, kept as they were when it was found: the file may change later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchcheck.history.secrets import MASK, looks_secret
from torchcheck.report.source import from_disk

AROUND = 3
"""Lines that are kept on either side."""

_MOST = 400
"""Characters of a line that are kept."""

Place = tuple[str, int | None, int]
"""A file, a cell of it, a row."""


def place_of(finding: Mapping[str, Any]) -> Place:
    """Where a finding is, as `Finding.to_json` says it."""
    return finding["filename"], finding.get("cell"), finding["location"]["row"]


def excerpt(place: Place) -> dict[str, Any] | None:
    """The lines around a place, lines that look like a secret masked; None where there is no source."""
    filename, cell, row = place
    if from_disk(filename, row, cell) is None:
        return None
    first = max(row - AROUND, 1)
    lines = [from_disk(filename, number, cell) or "" for number in range(first, row + AROUND + 1)]
    while lines and not lines[-1].strip():
        lines.pop()
    kept = [MASK if looks_secret(line) else line[:_MOST] for line in lines]
    return {"filename": filename, "cell": cell, "row": row, "first": first, "lines": kept}

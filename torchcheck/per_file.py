"""`per-file-ignores` of the configuration and of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torchcheck.config import Settings
from torchcheck.discovery import Patterns
from torchcheck.finding import Finding
from torchcheck.suppress import selects

Table = Mapping[str, tuple[str, ...]]


class PerFileIgnores:
    """Which rules are ignored in which files.

    Args:
        settings: the configuration's tables; their patterns are relative to its root.
        instead: of the command line, in place of the configuration's; relative to the working directory, as `beside`.
        beside: of the command line, beside the configuration's.
    """

    def __init__(self, settings: Settings, instead: Table | None = None, beside: Table | None = None) -> None:
        layers: list[tuple[Path, Table]] = [(Path.cwd(), instead or {}), (Path.cwd(), beside or {})]
        if instead is None:
            layers.append((settings.root, settings.per_file_ignores))
        layers.append((settings.root, settings.extend_per_file_ignores))
        self._entries = [
            (Patterns(root, [pattern]), selectors) for root, table in layers for pattern, selectors in table.items()
        ]

    def covers(self, finding: Finding) -> bool:
        """Whether the finding's rule is ignored in the finding's file."""
        return any(
            any(selects(selector, finding) for selector in selectors) and patterns.match(finding.filename)
            for patterns, selectors in self._entries
        )

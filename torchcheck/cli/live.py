"""The panel of a run, where one is wanted and can be shown."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from torchcheck.per_file import PerFileIgnores

if TYPE_CHECKING:
    from torchcheck.live.panel import Panel


class Live:
    """The panel; nothing at all where none is wanted, or where there is no terminal.

    Args:
        wanted: by `--live`.
        name: of what is run.
        ignored: findings that are not told.
    """

    def __init__(self, wanted: bool, name: str, ignored: PerFileIgnores) -> None:
        self._panel: Panel | None = None
        if wanted and sys.stderr is not None and sys.stdout is not None:
            from torchcheck.live.panel import panel_for

            self._panel = panel_for(name, sys.stdout, sys.stderr, os.environ, ignored.covers)

    def hearers(self) -> list[Panel]:
        """Who is to be told of the run."""
        return [self._panel] if self._panel is not None else []

    def close(self) -> None:
        """Take the panel away; a second call does nothing."""
        if self._panel is not None:
            self._panel.close()

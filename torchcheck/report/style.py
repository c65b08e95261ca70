"""Colours of the terminal, and when to use them."""

from __future__ import annotations

import os
import re
from typing import TextIO

from torchcheck.finding import Level
from torchcheck.records import frozen


@frozen
class Style:
    """Marks up pieces of text. Without colour it gives them back as they are."""

    colour: bool = False

    def bold(self, text: str) -> str:
        return self._mark("1", text)

    def dim(self, text: str) -> str:
        return self._mark("2", text)

    def place(self, text: str) -> str:
        return self._mark("36", text)

    def good(self, text: str) -> str:
        return self._mark("32", text)

    def level(self, level: Level, text: str) -> str:
        return self._mark(_LEVEL_COLOURS[level], text)

    def names(self, text: str) -> str:
        """The text with what stands in backticks, the user's own names, in bold."""
        return re.sub(r"`[^`]+`", lambda match: self.bold(match[0]), text) if self.colour else text

    def _mark(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


_LEVEL_COLOURS = {Level.ERROR: "1;31", Level.WARNING: "1;33", Level.INFO: "1;34"}

PLAIN = Style()


def style_for(stream: TextIO) -> Style:
    """Colours for a terminal. `NO_COLOR` turns them off, `FORCE_COLOR` on; when both are set, off wins."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    if os.environ.get("FORCE_COLOR"):
        return Style(colour=True)
    return Style(colour=stream.isatty() and os.environ.get("TERM") != "dumb")

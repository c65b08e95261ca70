"""The last lines of a terminal, kept free for a panel.

The lines above them become the region that scrolls. So whoever prints does so as if the terminal were smaller:
Python's streams, progress bars that go back to the beginning of their line, child processes, libraries that write by
themselves, a debugger. Nothing is redirected, and no output has to pass through here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

_SAVE, _BACK = "\x1b7", "\x1b8"  # the place of the cursor, and how it writes
_ALL, _DOWN, _CLEAR_BELOW, _CLEAR_LINE = "\x1b[r", "\x1bD", "\x1b[J", "\x1b[2K"
_CANCEL = "\x18"  # ends an escape sequence that was cut off


class Region:
    """Some lines at the bottom of the terminal behind a descriptor.

    Args:
        descriptor: of the terminal; it is copied, since a program may close its own.
        encoding: of what the terminal takes.
    """

    def __init__(self, descriptor: int, encoding: str = "utf-8") -> None:
        self._descriptor = os.dup(descriptor)
        self._encoding = encoding
        self._size: os.terminal_size | None = None
        self._height = 0
        self._writes = False

    def size(self) -> os.terminal_size:
        """Columns and lines. Raises OSError where it is no terminal any more."""
        return os.get_terminal_size(self._descriptor)

    def is_in_front(self) -> bool:
        """Whether this process has the terminal for itself, and is not in the background of a shell."""
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # no terminal of this session: nobody else has it
            return True

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines. Raises OSError."""
        size = self.size()
        text = ""
        if size != self._size or len(lines) != self._height:
            text = self._left() + _DOWN * len(lines) + f"\x1b[{len(lines)}A"
            self._size, self._height = size, len(lines)
        top = size.lines - len(lines)
        text += f"{_SAVE}\x1b[1;{top}r"  # anew each time: a program may have changed it
        for row, line in enumerate(lines, start=top + 1):
            text += f"\x1b[{row};1H{_CLEAR_LINE}{line}\x1b[0m"
        self._write(text + _BACK)

    def leave(self) -> None:
        """Give the lines back, without a trace. Raises OSError; a second call does nothing."""
        if self._descriptor < 0:
            return
        try:
            cut_off = _CANCEL + _BACK if self._writes else ""
            text = self._left()
            if text:
                self._write(cut_off + text)
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def _left(self) -> str:
        """What takes the panel away. After a change of size its lines are somewhere below the cursor."""
        if self._size is None:
            return ""
        was, self._size = self._size, None
        if was != self.size():
            return f"{_SAVE}{_ALL}{_BACK}{_CLEAR_BELOW}"
        return f"{_SAVE}\x1b[{was.lines - self._height + 1};1H{_CLEAR_BELOW}{_ALL}{_BACK}"

    def _write(self, text: str) -> None:
        data = text.encode(self._encoding, "replace")
        self._writes = True
        while data:
            data = data[os.write(self._descriptor, data) :]
        self._writes = False

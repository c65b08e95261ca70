"""A terminal that a command believes in, and what stands on its screen."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

COLUMNS, LINES = 100, 30


class Screen(pyte.HistoryScreen):
    """What a user sees, and what has left the screen at its top.

    Attributes:
        leader: the descriptor that the terminal is read from.
    """

    def __init__(self, columns: int = COLUMNS, lines: int = LINES) -> None:
        super().__init__(columns, lines, history=10_000)
        self.stream = pyte.ByteStream(self)
        self.leader = -1

    def index(self) -> None:
        """As terminals do, keep what scrolls out of a region that begins at the top of the screen."""
        top, bottom = self.margins or pyte.screens.Margins(0, self.lines - 1)
        if top == 0 and self.cursor.y == bottom:
            self.history.top.append(self.buffer[0])
        pyte.Screen.index(self)

    @property
    def shown(self) -> list[str]:
        return [line.rstrip() for line in self.display]

    @property
    def everything(self) -> list[str]:
        """What left the screen, and what stands on it down to the last line that is not empty."""
        above = ["".join(row[x].data for x in range(self.columns)).rstrip() for row in self.history.top]
        return "\n".join(above + self.shown).rstrip().split("\n")


def on_a_terminal(
    folder: Path,
    *words: str,
    columns: int = COLUMNS,
    lines: int = LINES,
    watch: Callable[[Screen, subprocess.Popen[bytes]], None] = lambda screen, process: None,
    stdout: int | None = None,
    **environment: str,
) -> tuple[int, Screen, bytes]:
    """Run `torchcheck WORDS` on a terminal.

    Args:
        watch: is shown the screen after everything that was read.
        stdout: goes there, in place of the terminal.

    Returns:
        The exit status, the screen as it was left, and all bytes that went to the terminal.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
    env |= {"TERM": "xterm-256color", "OMP_NUM_THREADS": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "torchcheck", *words],
        cwd=folder,
        env=env,
        stdin=follower,
        stdout=follower if stdout is None else stdout,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    screen, told = Screen(columns, lines), b""
    screen.leader = leader
    end = time.monotonic() + 300
    try:
        while time.monotonic() < end:
            if leader in select.select([leader], [], [], 0.2)[0]:
                try:
                    data = os.read(leader, 65536)
                except OSError:  # everybody has closed it
                    break
                told += data
                screen.stream.feed(data)
                watch(screen, process)
            elif process.poll() is not None:
                break
        return process.wait(timeout=60), screen, told
    finally:
        os.close(leader)
        process.kill()
        process.wait()

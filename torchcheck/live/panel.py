"""The panel of `torchcheck run --live`: hears of the run, and draws what it heard."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from torchcheck.finding import Finding
from torchcheck.live.region import Region
from torchcheck.live.state import State
from torchcheck.ranks.standing import standing

if TYPE_CHECKING:
    from rich.console import Console

_PAUSE = 0.25  # seconds between two drawings
_FEWEST_LINES, _FEWEST_COLUMNS = 16, 40
_TALL = 30


class Panel:
    """Draws at most four times a second, when something is told. There is no thread behind it.

    Attributes:
        title: what a remark calls it.
        is_lively: it wants to hear of unsampled steps, too.
    """

    title = "live panel"
    is_lively = True

    def __init__(
        self,
        stream: TextIO,
        name: str,
        hides: Callable[[Finding], bool] = lambda finding: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._clock = name, clock
        self._region = Region(stream.fileno(), stream.encoding or "utf-8")
        self._console = _console()
        self._state = State(clock, hides)
        self._due = clock()
        self._process = os.getpid()
        self._height = 0
        self._is_over = False

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something has happened. Raises OSError where the terminal is gone."""
        if self._is_over or os.getpid() != self._process:  # a child that was forked is not shown
            return
        self._state.take(kind, data)
        if self._clock() < self._due or not (self._state.losses or kind == "pulse"):
            return
        try:
            self._draw()
        except Exception:
            self.close()
            raise
        self._due = self._clock() + _PAUSE

    def close(self) -> None:
        """Take the panel away; a second call does nothing."""
        if not self._is_over and os.getpid() == self._process:
            self._is_over = True
            with suppress(OSError):
                self._region.leave()

    def _draw(self) -> None:
        from torchcheck.live.lines import drawn, lines

        size = self._region.size()
        if size.lines < _FEWEST_LINES or size.columns < _FEWEST_COLUMNS or not self._region.is_in_front():
            return
        text = lines(self._state, self._name, size.columns - 1, 10 if size.lines >= _TALL else 8)
        self._height = min(max(self._height, len(text)), size.lines // 2)  # it grows and stays: others print above it
        blank = [""] * (self._height - len(text))
        self._region.show([*drawn(self._console, text), *blank])


def panel_for(
    name: str, stdout: TextIO, stderr: TextIO, environ: Mapping[str, str], hides: Callable[[Finding], bool]
) -> Panel | None:
    """A panel on standard error; None where it is not shown.

    That is where one of the two streams is no terminal, in a CI job, on a terminal that only takes lines, on Windows,
    and on every rank of several but the first.
    """
    place = standing(environ)
    if os.name != "posix" or environ.get("CI") or environ.get("TERM", "dumb") == "dumb" or (place and place.rank):
        return None
    try:
        return Panel(stderr, name, hides) if stdout.isatty() and stderr.isatty() else None
    except (OSError, ValueError, AttributeError):  # streams that only look like terminals
        return None


def _console() -> Console:
    """What makes colours of the terminal; it writes nowhere itself."""
    from rich.console import Console

    return Console(file=io.StringIO(), force_terminal=True, highlight=False, markup=False, legacy_windows=False)

"""Tables in the terminal. Rich is imported here alone, when one is shown."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence

from torchcheck.report.style import Style

_ENDLESS = 10_000


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], style: Style, *, right: Sequence[str] = ()) -> str:
    """Rows under their titles, as wide as they need; cut to the width of a terminal.

    Args:
        titles: of the columns; all empty for none.
        rows: a text for each column.
        style: whether there are colours.
        right: the titles of columns of numbers.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(titles), header_style="bold")
    for title in titles:
        made.add_column(title, justify="right" if title in right else "left", no_wrap=True, overflow="ellipsis")
    for row in rows:
        made.add_row(*(Text.from_ansi(cell) if style.colour else Text(cell) for cell in row))
    console = Console(width=_width(), no_color=not style.colour, force_terminal=style.colour, highlight=False)
    with console.capture() as captured:
        console.print(made)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _ENDLESS

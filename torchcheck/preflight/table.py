"""The result of an exam as a table, and what was found beneath it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from torchcheck.report.style import PLAIN, Style
from torchcheck.report.text import render as render_finding
from torchcheck.report.text import summary

if TYPE_CHECKING:
    from torchcheck.preflight.result import Exam

_MARKS = {"passed": "✓", "failed": "✗", "remark": "·", "not judged": "?"}
_COLOURS = {"passed": "green", "failed": "bold red", "remark": "cyan", "not judged": "dim"}
_WIDEST = 120


def render(exam: Exam, style: Style = PLAIN) -> str:
    """The table, each finding in full, and a line that counts them."""
    blocks = [table(exam, style), *(render_finding(finding, style=style) for finding in exam.findings)]
    blocks += [f"remark: {remark}" for remark in exam.remarks]
    return "\n\n".join([*blocks, f"{summary(exam.findings)} in {exam.seconds:.1f} s"])


def table(exam: Exam, style: Style = PLAIN) -> str:
    """A line for each check: verdict, name, reason."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, fixed in (("mark", True), ("check", True), ("reason", False), ("codes", True)):
        grid.add_column(name, no_wrap=fixed)
    for row in exam.shown_rows():
        colour = _COLOURS[row.verdict.value] if style.colour else ""
        mark = Text(f"{_MARKS[row.verdict.value]} {row.verdict.value}", style=colour)
        grid.add_row(mark, Text(row.check), Text(row.reason), Text(" ".join(row.codes), style=colour))
    console = Console(width=_width(), no_color=not style.colour, force_terminal=style.colour, highlight=False)
    with console.capture() as captured:
        console.print(grid)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines())


def _width() -> int:
    return min(shutil.get_terminal_size((_WIDEST, 40)).columns, _WIDEST)

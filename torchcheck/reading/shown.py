"""Where the value of an expression is shown to whoever runs the program: at the end of a cell, after a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torchcheck.patterns import pattern

_CELL = pattern(r"# ?%%|# In ?\[[\d *]*\]:|# COMMAND -{5,}")
"""The line that begins a cell in a script: of an editor, of an exported notebook, of Databricks."""


def ends_of_cells(lines: Sequence[str]) -> frozenset[int]:
    """The rows, from 1, that end a cell of a script that is marked with cells."""
    starts = [row for row, line in enumerate(lines, start=1) if _CELL.match(line)]
    bounds = [*starts, len(lines) + 1]
    return frozenset(row for a, b in zip(starts, bounds[1:], strict=True) for row in _last_of_code(lines, a, b))


def after_prompts(prefixes: Iterable[str]) -> frozenset[int]:
    """The rows, from 1, that were typed at a prompt, by what stood before them."""
    return frozenset(row for row, prefix in enumerate(prefixes, start=1) if prefix.strip().startswith((">>>", "In [")))


def _last_of_code(lines: Sequence[str], start: int, stop: int) -> list[int]:
    """The last row with code from `start` to before `stop`, as a list of one or none."""
    rows = range(stop - 1, start - 1, -1)
    return [row for row in rows if lines[row - 1].partition("#")[0].strip()][:1]

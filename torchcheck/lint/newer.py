"""Syntax of newer Pythons, written so that the one that runs can parse it: every name stays where it stands.

What says nothing about training is blanked out: type parameters, `type` statements, f-strings with quotes in quotes.
"""

from __future__ import annotations

from typing import Any

from torchcheck.code.rows import Rows
from torchcheck.lint.parser import parse, positions

_STRINGS = ("FormattedString", "TemplatedString")
_BLANKED = ("TypeParameters", "TypeAlias")


def as_older(text: str) -> str | None:
    """A text in older syntax, its rows and columns the same; None where libcst can't parse it either."""
    module = parse(text)
    if module is None:
        return None
    places = positions(module)
    rows = Rows(text).whole
    waiting: list[Any] = [module]
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if kind in (*_STRINGS, *_BLANKED) and node in places:
            _overwrite(rows, places[node], kind)
        else:
            waiting.extend(node.children)
    return "".join(rows)


def _overwrite(rows: list[str], place: Any, kind: str) -> None:
    """Put an empty string or nothing in the place of a node; what goes on over several rows goes on."""
    start, end = place.start, place.end
    for row in range(start.line, end.line + 1):
        line = rows[row - 1]
        first = start.column if row == start.line else 0
        last = end.column if row == end.line else len(line.rstrip("\r\n"))
        blank = " " * (last - first)
        if kind in _STRINGS and start.line == end.line:
            blank = "''".ljust(last - first)
        elif kind in _STRINGS:  # only one with three quotes can have several rows
            blank = "'''".ljust(last - first) if row == start.line else blank
            blank = "'''".rjust(last - first) if row == end.line else blank
        else:
            blank = "0".ljust(last - first) if kind == "TypeAlias" and row == start.line else blank
            blank = blank[:-1] + "\\" if row < end.line and blank else blank
        rows[row - 1] = line[:first] + blank + line[last:]

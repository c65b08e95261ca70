"""The source line of an operation, where only one line can be meant."""

from __future__ import annotations

import ast
import inspect
import linecache
import re

from torch import nn

from torchcheck.finding import Position, Span
from torchcheck.probe.frames import is_user_file
from torchcheck.probe.operations import SPELLINGS

_HALF_MAX = 65504.0


def line_of(name: str, module: nn.Module | None, place: Span) -> Span | None:
    """The line that runs the operation `name`.

    It is looked for in the `forward` of the module that ran it; for an operation outside every module, in the
    function around `place`, up to there. None where no line or more than one fits.
    """
    if module is None:
        return _only(name, place.filename, _block(place)) or _only(name, place.filename, _file(place.filename))
    try:
        function = inspect.unwrap(type(module).forward)
        filename = inspect.getsourcefile(function) or ""
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return None
    return _only(name, filename, range(first, first + len(lines))) if is_user_file(filename) else None


def large_literal(module: nn.Module | None, place: Span) -> str | None:
    """A number that float16 can't hold, written in the `forward` of a module or around a place: `1e9`."""
    filename, rows = place.filename, _block(place)
    if module is not None:
        try:
            function = inspect.unwrap(type(module).forward)
            lines, first = inspect.getsourcelines(function)
        except (OSError, TypeError):
            return None
        filename, rows = inspect.getsourcefile(function) or "", range(first, first + len(lines))
    for row in rows:
        for literal in re.findall(r"(?<![\w.])\d+(?:\.\d*)?(?:[eE]\+?\d+)?(?![\w.])", linecache.getline(filename, row)):
            if float(literal) > _HALF_MAX:
                return str(literal)
    return None


def _only(name: str, filename: str, rows: range) -> Span | None:
    pattern = re.compile(SPELLINGS.get(name, rf"\b{re.escape(name)}_?\("))
    found = []
    for row in rows:
        text = linecache.getline(filename, row).rstrip("\n")
        code = text.split("#", 1)[0]
        if pattern.search(code):
            found.append((row, code.rstrip()))
    if len(found) != 1:
        return None
    row, code = found[0]
    return Span(filename, Position(row, len(code) - len(code.lstrip()) + 1), Position(row, len(code) + 1))


def _file(filename: str) -> range:
    return range(1, len(linecache.getlines(filename)) + 1)


def _block(place: Span) -> range:
    """The rows of the innermost function or loop of the user's around a place, up to the place itself."""
    last = place.start.row
    try:
        tree = ast.parse("".join(linecache.getlines(place.filename)))
    except (SyntaxError, ValueError):
        return range(last, last + 1)
    blocks = [n for n in ast.walk(tree) if isinstance(n, (ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef))]
    starts = [block.lineno for block in blocks if block.lineno <= last <= (block.end_lineno or 0)]
    return range(max(starts, default=1), place.end.row + 1)

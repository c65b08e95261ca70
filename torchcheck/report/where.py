"""Where a finding is, for programs: paths from the root of the project, rows and columns that they can point at."""

from __future__ import annotations

import os
from pathlib import Path

from torchcheck.finding import Finding, Position, Span

_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def root() -> Path:
    """What paths are relative to: the checkout of a CI job that works within it, else the working directory."""
    here = Path.cwd()
    checkouts = [Path(os.environ[name]).resolve() for name in _CHECKOUTS if os.environ.get(name)]
    return next((checkout for checkout in checkouts if here.resolve().is_relative_to(checkout)), here)


def relative(filename: str) -> str:
    """The path from the root, with slashes; absolute outside of it. What is no path stays as it is."""
    if filename.startswith("<"):
        return filename
    path = Path(os.path.abspath(filename))
    base = root()
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()


def region(place: Span) -> tuple[Position, Position]:
    """Start and end in the file, from 1.

    The rows of a notebook's cell are not those of its file: there it is the start of the file (see `told`).
    """
    if place.cell is not None:
        return Position(1, 1), Position(1, 1)
    start, end = (Position(max(row, 1), max(column, 1)) for row, column in (place.start, place.end))
    return start, max(start, end)


def told(finding: Finding) -> str:
    """The message, which in a notebook says the cell and its line; paths that it names are from the root."""
    place, message = finding.place, message_of(finding)
    return message if place.cell is None else f"cell {place.cell}, line {place.start.row}: {message}"


def message_of(finding: Finding) -> str:
    """The message; paths that it names are from the root."""
    return finding.message.replace(os.path.join(root(), ""), "")

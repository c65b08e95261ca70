"""Where the user's code stands: the innermost frame that is neither torch nor torchcheck."""

from __future__ import annotations

import functools
import itertools
import linecache
import os
import sys
import sysconfig
from collections.abc import Iterator
from types import CodeType, FrameType

from torchcheck.finding import Position, Span

_OURS, _LIBRARY, _USER = range(3)
_GENERATED = ("<frozen ", "<torchcheck ", "<eval_with_key>", "<__array_function__", "<attrs ", "<torch_package")
HIDDEN = "<torchcheck importlib._bootstrap>"
"""File name of our wrappers' code. The `stacklevel` of a warning skips frames of files named like this, so that a
warning of torch's still points at the user's line."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
UNKNOWN_PLACE = Span("<unknown>", Position(1, 1), Position(1, 1))


def user_place() -> Span:
    """The place of the user's innermost line; of a library's where no user code runs."""
    return _innermost_place(sys._getframe(1))


def caller_place() -> Span | None:
    """The line that called into torch, if it is the user's own; None where a library's stands in between."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and file_kind(frame.f_code.co_filename) == _OURS:
        frame = frame.f_back
    return frame_place(frame) if frame is not None and file_kind(frame.f_code.co_filename) == _USER else None


def foreign_frame() -> FrameType | None:
    """The innermost frame outside torchcheck."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_own_file(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def forward_place() -> Span | None:
    """The line of the user's own `forward` that called into torch; None where something else called."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and file_kind(frame.f_code.co_filename) == _OURS:
        frame = frame.f_back
    if frame is None or frame.f_code.co_name != "forward" or file_kind(frame.f_code.co_filename) != _USER:
        return None
    return frame_place(frame)


def construction_place(thing: object) -> Span:
    """The user's line that constructs `thing`, seen from its `__init__`; those of subclasses are skipped."""
    frame: FrameType | None = sys._getframe(1)
    outside = frame
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__init__" and code.co_argcount and frame.f_locals.get(code.co_varnames[0]) is thing:
            outside = frame.f_back
        frame = frame.f_back
    return _innermost_place(outside)


def _innermost_place(frame: FrameType | None) -> Span:
    library: FrameType | None = None
    while frame is not None:
        kind = file_kind(frame.f_code.co_filename)
        if kind == _USER:
            return frame_place(frame)
        if kind == _LIBRARY and library is None and not _is_launcher(frame):
            library = frame
        frame = frame.f_back
    return frame_place(library) if library is not None else UNKNOWN_PLACE


def user_frames() -> Iterator[FrameType]:
    """The user's frames, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if file_kind(frame.f_code.co_filename) == _USER:
            yield frame
        frame = frame.f_back


def is_user_file(filename: str) -> bool:
    """Whether a file is neither torch's, nor torchcheck's, nor an installed library's."""
    return file_kind(filename) == _USER


def is_hidden_file(filename: str) -> bool:
    """Whether a file is torch's or torchcheck's own."""
    return file_kind(filename) == _OURS


@functools.lru_cache(maxsize=4096)
def file_kind(filename: str) -> int:
    """Whose code a file holds, by its name."""
    if filename.startswith(_GENERATED) or "torchinductor_" in filename:
        return _OURS
    if filename.startswith("<"):
        return _USER  # a string that was executed, a notebook cell, standard input
    path = os.path.abspath(filename)
    if path.startswith(_own_roots()):
        return _OURS
    return _LIBRARY if path.startswith(_library_roots()) or _is_installed(path) else _USER


@functools.lru_cache(maxsize=4096)
def is_own_file(filename: str) -> bool:
    """Whether a file is torchcheck's, by its name."""
    return filename == HIDDEN or os.path.abspath(filename).startswith(_PACKAGE)


@functools.cache
def _own_roots() -> tuple[str, ...]:
    torch = getattr(sys.modules.get("torch"), "__file__", None)
    return (_PACKAGE, *([os.path.dirname(os.path.abspath(torch)) + os.sep] if torch else []))


@functools.cache
def _library_roots() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({os.path.abspath(paths[key]) + os.sep for key in ("stdlib", "platstdlib", "purelib", "platlib")})


def _is_installed(path: str) -> bool:
    return f"{os.sep}site-packages{os.sep}" in path or f"{os.sep}dist-packages{os.sep}" in path


def _is_launcher(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__") in ("runpy", "threading", "contextlib", "functools")


_places: dict[tuple[int, int], tuple[CodeType, Span]] = {}


def frame_place(frame: FrameType) -> Span:
    """The expression that the frame is at; the line where Python is too old to know more (3.10)."""
    key = (id(frame.f_code), frame.f_lasti)
    known = _places.get(key)
    if known is None:  # the code object is kept so that its id stays its own
        known = _places[key] = (frame.f_code, _locate(frame.f_code, frame.f_lasti, frame.f_lineno))
    return known[1]


def place_at(code: CodeType, instruction: int, line: int | None) -> Span:
    """The expression at an instruction of some code, as an entry of a traceback names it."""
    return _locate(code, instruction, line)


def _locate(code: CodeType, instruction: int, line: int | None) -> Span:
    filename = code.co_filename
    if not filename.startswith("<"):
        filename = os.path.abspath(filename)
    row = line or 1
    positions = getattr(code, "co_positions", None)
    if positions is not None and instruction >= 0:
        start, end, column, end_column = next(itertools.islice(positions(), instruction // 2, None), (None,) * 4)
        if start is not None and end is not None and column is not None and end_column is not None:
            return Span(filename, _position(filename, start, column), _position(filename, end, end_column))
    text = linecache.getline(filename, row).rstrip("\n")
    indent = len(text) - len(text.lstrip())
    return Span(filename, Position(row, indent + 1), Position(row, len(text) + 1))


def _position(filename: str, row: int, column: int) -> Position:
    """From a column in UTF-8 bytes, as Python counts, to one in characters."""
    text = linecache.getline(filename, row).encode()
    return Position(row, len(text[:column].decode(errors="replace")) + 1 if text else column + 1)

"""libcst, which keeps every blank and comment: for fixes, and for syntax that is newer than the Python that runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

_STACK_BYTES = 512 * 1024 * 1024
"""Address space for the parser's stack; only what it touches is memory."""
_TOO_LONG = 500_000
"""Characters that only generated code has, half as many again as the largest file that we know somebody wrote: libcst
would take a minute."""
_TOO_DEEP = 1000
"""Brackets around one another that only generated code has. The time that libcst takes grows with their square."""


def parse(text: str) -> cst.Module | None:
    """The libcst module of a text; None where libcst can't parse it, or would take too long."""
    if len(text) > _TOO_LONG or _nesting(text) > _TOO_DEEP:
        return None
    return _PARSER.parse(text)


def positions(module: cst.Module) -> Mapping[Any, Any]:
    """Where each node stands."""
    try:
        return MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    except RecursionError:  # generated code, thousands of levels deep
        return {}


def _nesting(text: str) -> int:
    """An upper bound for how deeply the parser must recurse, counted without understanding the text."""
    deepest = depth = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(depth - 1, 0)
    return deepest


class _Parser:
    """A thread that parses, on a stack that is large enough: libcst's parser recurses, and would overflow ours."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew, with no thread."""
        self._lock = threading.Lock()
        self._texts: SimpleQueue[str] = SimpleQueue()
        self._parsed: SimpleQueue[cst.Module | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def parse(self, text: str) -> cst.Module | None:
        """The libcst module of a text."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._start()
            self._texts.put(text)
            return self._parsed.get()

    def _start(self) -> None:
        previous = threading.stack_size(_STACK_BYTES)
        try:
            self._thread = threading.Thread(target=self._work, name="torchcheck-parser", daemon=True)
            self._thread.start()
        finally:
            threading.stack_size(previous)

    def _work(self) -> None:
        while True:
            self._parsed.put(_parse_here(self._texts.get()))


_PARSER = _Parser()
if hasattr(os, "register_at_fork"):  # a forked process has no thread but the one that forked
    os.register_at_fork(after_in_child=_PARSER.reset)


def _parse_here(text: str) -> cst.Module | None:
    try:
        return cst.parse_module(text)
    except Exception:  # beside syntax errors, its parser can fail in ways of its own
        return None

"""Where findings go, and what torchcheck says beside them: that always goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from torchcheck.errors import UsageError


def deliver(text: str, output_file: str | None, stream: TextIO) -> None:
    """Write a report to a file, if one is named, or to the stream. What the terminal can't show is escaped.

    Raises:
        UsageError: the file or the stream can't be written.
    """
    if output_file is None:
        encoding = stream.encoding or "utf-8"
        with writing():
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        return
    check_output_file(output_file)
    path = Path(output_file)
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"--output-file {output_file}: can't be written: {error.strerror}") from None


def check_output_file(output_file: str | None) -> None:
    """Raise UsageError if the file is a directory or would stand in one that does not exist."""
    if output_file is None:
        return
    path = Path(output_file)
    if path.is_dir():
        raise UsageError(f"--output-file {output_file}: can't be written: it is a directory")
    if not path.parent.is_dir():
        raise UsageError(f"--output-file {output_file}: can't be written: there is no directory {path.parent}")


@contextmanager
def writing() -> Iterator[None]:
    """Around writes to standard output: a full disk is no bug of ours, and Python must not try again at its end.

    Raises:
        UsageError: the write failed, other than by a reader that has gone.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise UsageError(f"standard output: can't be written: {error.strerror or error}") from None


def drop_output() -> None:
    """Let what is left in the buffer of standard output go nowhere."""
    with suppress(OSError, ValueError):  # a stream that stands in for standard output may have no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """A line that the user should know of, but that changes no exit code."""
    print(f"torchcheck: note: {text}", file=sys.stderr)


def closing(text: str) -> None:
    """The last line of a command."""
    print(text, file=sys.stderr)

"""Source files as text, and back to the very bytes: encoding, byte-order mark and line ends are kept."""

from __future__ import annotations

import errno
import io
import os
import tempfile
import tokenize
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source file's text with its line ends as they are, and the encoding that gives its bytes back."""

    text: str
    encoding: str

    @classmethod
    def decode(cls, data: bytes) -> SourceText:
        """Read bytes as Python does: by byte-order mark, coding line, or UTF-8.

        Raises:
            SyntaxError: the coding line names no encoding, or contradicts the byte-order mark.
            UnicodeDecodeError: the bytes are not of that encoding.
        """
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        try:
            return cls(data.decode(encoding), encoding)
        except LookupError:  # a codec, but not one of text
            raise SyntaxError(f"unknown encoding: {encoding}") from None

    def encode(self, text: str) -> bytes:
        """Another text in this file's encoding. Raises UnicodeEncodeError where it has no such character."""
        return text.encode(self.encoding)


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises OSError, also of a pipe or a device: reading these could wait for ever."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.read_bytes()


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of a file in one step; whoever reads it sees the old or the new text, never half of it.

    A symbolic link stays one, and the permissions stay.
    """
    real = os.path.realpath(path)
    mode = os.stat(real).st_mode
    if not os.access(real, os.W_OK):
        raise PermissionError(13, "Permission denied", str(path))
    handle, temporary = tempfile.mkstemp(prefix=".torchcheck-", dir=os.path.dirname(real))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode & 0o7777)
        os.replace(temporary, real)
    except BaseException:
        os.unlink(temporary)
        raise

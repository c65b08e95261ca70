"""Code as it was copied: with the indentation of where it stood, with prompts, with magics."""

from __future__ import annotations

from collections.abc import Iterator

from torchcheck.patterns import pattern
from torchcheck.reading.magics import without_magics

Lines = list[tuple[str, str]]
"""For each line what is left out before it, and what Python reads."""

_PROMPT = pattern(r"\s*(?:>>> ?|In \[\d+\]: ?)")
_CONTINUED = pattern(r"\s*(?:\.\.\.(?: |$)|\.{3,}: ?)")
_NO_STATEMENT = pattern(r"\s*(?:#.*)?$")

_PYTHON_2 = pattern(r"Missing parentheses in call to|multiple exception types must be|leading zeros in decimal")
_TO_PYTHON_3 = "Write it in Python 3 (`print(…)`, `except Error as e:`), or leave it out with `exclude`."


def python_2(error: str) -> str | None:
    """What to do, where the parser's message shows that a text is Python 2."""
    return _TO_PYTHON_3 if _PYTHON_2.match(error) else None


def spellings(written: list[str]) -> Iterator[Lines]:
    """The ways to read lines as Python, the plainest first; the caller takes the first that Python accepts."""
    plain: Lines = [("", line) for line in written]
    yield plain
    yield _masked(plain)
    first = next((line for line in written if not _NO_STATEMENT.match(line)), "")
    if _PROMPT.match(first):
        yield _masked(_typed(written))
        return
    if first[:1].isspace():
        yield _masked(_dedented(written, 0))
    else:
        at = written.index(first) if first else 0
        yield _masked(_dedented(written, at + 1))


def _masked(lines: Lines) -> Lines:
    read = without_magics([line for _, line in lines])
    return [(left_out + more, line) for (left_out, _), (more, line) in zip(lines, read, strict=True)]


def _dedented(written: list[str], start: int) -> Lines:
    """Without the indentation of the first statement from `start`: a copy can begin in the middle of its line."""
    first = next((line for line in written[start:] if not _NO_STATEMENT.match(line)), "")
    margin = first[: len(first) - len(first.lstrip())]
    lines: Lines = [("", line) for line in written[:start]]
    for line in written[start:]:
        lines.append((margin, line[len(margin) :]) if margin and line.startswith(margin) else ("", line))
    return lines


def _typed(written: list[str]) -> Lines:
    """What was typed at a prompt; what was printed is left out."""
    lines: Lines = []
    typing = False
    for line in written:
        match = _PROMPT.match(line) or (_CONTINUED.match(line) if typing else None)
        typing = match is not None
        lines.append((match[0], line[match.end() :]) if match else ("", ""))
    return lines

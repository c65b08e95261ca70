"""The blocks of Python in a Markdown page, in the rows that they have there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from torchcheck.patterns import pattern
from torchcheck.reading.magics import LINE_END
from torchcheck.reading.together import needed_from
from torchcheck.records import frozen

SUFFIXES = (".md", ".markdown", ".mdx", ".qmd", ".rmd")
_FENCE = pattern(r"(\s*)(`{3,}|~{3,})\s*(.*?)\s*$")
_PYTHON = pattern(r"\{?\.?(?:code-cell\s+|code:)?(?:python3?|py|py3|pycon|ipython3?)\b", re.IGNORECASE)


@frozen
class Block:
    """One block: the page with every other row empty but for what it uses of earlier blocks, and its own rows."""

    text: str
    rows: range


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks that say that they are Python, in order."""
    lines = LINE_END.split(page)
    found = list(_rows(lines))
    for index, rows in enumerate(found):
        kept = {row for part in (rows, *needed_from(lines, rows, found[:index])) for row in part}
        text = "\n".join(lines[row - 1] if row in kept else "" for row in range(1, rows.stop))
        yield Block(text + "\n", rows)


def _rows(lines: Sequence[str]) -> Iterator[range]:
    fence, start = "", 0
    is_python = False
    for number, line in enumerate([*lines, "```" * 99], start=1):
        match = _FENCE.match(line)
        if not fence and match:
            fence, start, is_python = match[2], number, bool(_PYTHON.match(match[3]))
        elif match and match[2].startswith(fence) and not match[3]:
            if is_python:
                yield range(start + 1, number)
            fence = ""

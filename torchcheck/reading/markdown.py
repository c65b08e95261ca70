"""The blocks of Python in a Markdown page, in the rows that they have there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from torchcheck.reading.magics import LINE_END

SUFFIXES = (".md", ".markdown", ".mdx", ".qmd", ".rmd")
_FENCE = re.compile(r"(\s*)(`{3,}|~{3,})\s*(.*?)\s*$")
_PYTHON = re.compile(r"\{?\.?(?:code-cell\s+|code:)?(?:python3?|py|py3|pycon|ipython3?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the page with every other row empty, and the rows of the block."""

    text: str
    rows: range


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks that say that they are Python, in order."""
    lines = LINE_END.split(page)
    fence, start = "", 0
    is_python = False
    for number, line in enumerate([*lines, "```" * 99], start=1):
        match = _FENCE.match(line)
        if not fence and match:
            fence, start, is_python = match[2], number, bool(_PYTHON.match(match[3]))
        elif match and match[2].startswith(fence) and not match[3]:
            if is_python:
                yield Block("\n" * start + "\n".join(lines[start : number - 1]) + "\n", range(start + 1, number))
            fence = ""

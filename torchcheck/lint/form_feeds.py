"""Form feeds at the head of lines: Python counts the indentation anew behind one, libcst counts it in."""

from __future__ import annotations

import re

from torchcheck.patterns import pattern

_HEAD = pattern(r"^[ \t\f]*\f", re.MULTILINE)


def without_form_feeds(text: str) -> tuple[str, dict[int, int]]:
    """The text without the heads of lines up to a form feed, and by row how many characters that took."""
    if "\f" not in text:
        return text, {}
    taken = {text.count("\n", 0, head.start()) + 1: len(head[0]) for head in _HEAD.finditer(text)}
    return _HEAD.sub("", text), taken

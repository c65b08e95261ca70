"""HTML that can't be broken by what is put into it: text is escaped unless it is markup already."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

_EMPTY = frozenset({"input", "br", "hr", "meta"})


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | int | bool | None) -> Markup:
    """An element; children that are no `Markup` are escaped.

    A trailing underscore of an attribute falls away, others become hyphens. One that is None or False is left out, of
    one that is True stands the name alone.
    """
    told = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _EMPTY:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """One after another, escaped where they are no markup."""
    return Markup("".join(map(escaped, parts)))


def escaped(text: str) -> Markup:
    """The text as HTML; lone surrogates, which no file can hold, as question marks."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(_printable(text)))


def prose(text: str) -> Markup:
    """A text in which names stand in backticks."""
    parts = re.split(r"`([^`\n]+)`", text)
    return joined(element("code", part) if index % 2 else part for index, part in enumerate(parts))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], caption: str, *, class_: str | None = None) -> Markup:
    """A table whose first column names its rows, in a box that scrolls where it is too wide."""
    head = joined(element("th", title, scope="col") for title in titles)
    body = joined(
        element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])) for row in rows
    )
    made = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", element("tr", head)) if any(titles) else Markup(),
        element("tbody", body),
        class_=class_,
    )
    return element("div", made, class_="scrolls", tabindex=0, role="region", aria_label=caption)


def data_block(identity: str, data: Any) -> Markup:
    """Data for the script of the page, in which no text ends the block or begins a comment.

    Raises ValueError for numbers that JSON has no word for.
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)  # ASCII alone
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(f'<script type="application/json" id="{identity}">{text}</script>')


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(_printable(str(value)))}"'


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")

"""Small questions to a syntax tree, and the edits that fixes are made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import libcst as cst

from torchcheck.finding import Edit, Position
from torchcheck.lint.fixes.syntax import Syntax

BLOCKS = (cst.IndentedBlock, cst.Module)


def replace(syntax: Syntax, node: Any, text: str) -> Edit:
    span = syntax.span(node)
    return Edit(span.start, span.end, text)


def walk(root: Any, kinds: tuple[type, ...]) -> Iterator[Any]:
    waiting = [root]
    while waiting:
        current = waiting.pop()
        if isinstance(current, kinds):
            yield current
        waiting.extend(current.children)


def ancestors(module: Any, node: Any) -> list[Any]:
    """What a node stands in, from its parent to the module; empty if it is not of this module."""
    parents = _parents(module)
    around = []
    while node in parents:
        node = parents[node]
        around.append(node)
    return around


@lru_cache(maxsize=2)
def _parents(module: Any) -> dict[Any, Any]:
    """The parent of each node, found once for all the fixes of a file."""
    parents: dict[Any, Any] = {}
    waiting = [module]
    while waiting:
        current = waiting.pop()
        for child in current.children:
            parents[child] = current
            waiting.append(child)
    return parents


def whole(syntax: Syntax, node: Any) -> tuple[Position, Position]:
    """Where an expression starts and ends, with its own parentheses."""
    first, last = (node.lpar[0], node.rpar[-1]) if node.lpar else (node, node)
    return syntax.span(first).start, syntax.span(last).end


def own_line(syntax: Syntax, statement: Any) -> tuple[int, str, str] | None:
    """Row, indentation and line end of a statement that stands alone on its line; None of any other."""
    start = syntax.span(statement).start
    end = syntax.span(statement).end
    lines = syntax.lines()
    if start.row > len(lines):
        return None
    line = lines[start.row - 1]
    indent, rest = line[: start.column - 1], lines[end.row - 1][end.column - 1 :].strip()
    if indent.strip() or (rest and not rest.startswith("#")):
        return None
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    return start.row, indent, ending


def is_alone(syntax: Syntax, node: Any) -> bool:
    block = next((b for b in ancestors(syntax.module, node) if isinstance(b, BLOCKS)), None)
    return block is None or len(block.body) < 2


def last_name(node: Any) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""

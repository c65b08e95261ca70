"""What literals stand for. As `ast.literal_eval`, which makes cyclic garbage and an exception for each that is none."""

from __future__ import annotations

import ast
from typing import Any, Final


class _NotLiteral:
    def __repr__(self) -> str:
        return "NOT_LITERAL"

    def __bool__(self) -> bool:
        return False


NOT_LITERAL: Final = _NotLiteral()
"""The value of an expression that is no literal."""


def literal(node: Any) -> Any:
    """The value of a literal (also `-1`, `(1, 2)`, `[…]`), else `NOT_LITERAL`."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp):
        return _signed(node)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return _collection(node)
    if isinstance(node, ast.Dict):
        return _mapping(node)
    return NOT_LITERAL


def _signed(node: ast.UnaryOp) -> Any:
    value = literal(node.operand)
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        return NOT_LITERAL
    if isinstance(node.op, ast.USub):
        return -value
    return value if isinstance(node.op, ast.UAdd) else NOT_LITERAL


def _collection(node: ast.Tuple | ast.List | ast.Set) -> Any:
    items = [literal(item) for item in node.elts]
    if any(item is NOT_LITERAL for item in items):
        return NOT_LITERAL
    if isinstance(node, ast.Tuple):
        return tuple(items)
    try:
        return set(items) if isinstance(node, ast.Set) else items
    except TypeError:  # no Python program gets past it
        return NOT_LITERAL


def _mapping(node: ast.Dict) -> Any:
    keys = [literal(key) for key in node.keys]
    values = [literal(value) for value in node.values]
    if any(part is NOT_LITERAL for part in (*keys, *values)):
        return NOT_LITERAL
    try:
        return dict(zip(keys, values, strict=True))
    except TypeError:
        return NOT_LITERAL

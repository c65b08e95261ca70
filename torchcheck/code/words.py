"""The words that names are made of."""

from __future__ import annotations

import ast

from torchcheck.code.walk import walk
from torchcheck.patterns import pattern

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words_of(name: str) -> list[str]:
    """The words that a name is made of, in small letters: `mc` and `dropout` of `MCDropout`."""
    return [word.lower() for word in _WORD.findall(name)]


def words_in(node: ast.AST) -> frozenset[str]:
    """The words of the names and attributes in a piece of code."""
    inside = list(walk(node))
    names = [n.id for n in inside if isinstance(n, ast.Name)] + [n.attr for n in inside if isinstance(n, ast.Attribute)]
    return frozenset(word for name in names for word in words_of(name))

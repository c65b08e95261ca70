"""What a value was made of: the expressions behind it, through names, attributes, functions and classes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchcheck.code.walk import walk
from torchcheck.code.words import words_of

if TYPE_CHECKING:
    from torchcheck.code.nodes import ExprView

_DEEPEST = 5
_MOST = 60  # pieces of source; a value that needs more is not followed further


def made_of(view: ExprView) -> list[ast.AST]:
    """The expression and what stands behind its names: assigned values, called functions and classes of the project."""
    found: list[ast.AST] = []
    waiting: list[tuple[ast.AST, int]] = [(view.node, 0)]
    file = view.file
    by_name: dict[str, list[ast.AST]] = {}
    for assignment in file.assignments:
        name = assignment.target.attribute or assignment.target.identifier
        if name is not None:
            by_name.setdefault(name, []).append(assignment.value.node)
    while waiting and len(found) < _MOST:
        node, depth = waiting.pop(0)
        if node in found:
            continue
        found.append(node)
        if depth >= _DEEPEST or isinstance(node, ast.ClassDef):
            continue
        for inner in walk(node):
            name = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else None
            if name is not None:
                waiting += [(value, depth + 1) for value in by_name.get(name, ())]
            if isinstance(inner, ast.Call):
                waiting += [(made, depth + 1) for made in _definitions(view, inner)]
    return found


def _definitions(view: ExprView, call: ast.Call) -> list[ast.AST]:
    file = view.file
    found = file.resolver.class_of_name(call.func, view.scope)
    if found is not None:
        return [node for _, node in file.resolver.lineage(*found)]
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)
    return [function.node for function in file.functions if function.name == name]


def words_behind(view: ExprView) -> frozenset[str]:
    """The words of every name and every called function in what a value was made of."""
    words: set[str] = set()
    for piece in made_of(view):
        for node in walk(piece):
            name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                name = node.name
            if isinstance(name, str):
                words.update(words_of(name))
                words.add(name.lower())
    return frozenset(words)

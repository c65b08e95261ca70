"""What the user says of a piece of code: comments and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def remarks_on(file: FileView, node: ast.AST) -> str:
    """The comments in a node's lines and right above it, and the docstrings of the functions and classes around it."""
    return " ".join([*_comments(file, node), *_docstrings(file, node)]).lower()


def _comments(file: FileView, node: ast.AST) -> Iterator[str]:
    statement: ast.AST | None = node
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = file.tree.parent(statement)
    if not isinstance(statement, ast.stmt):
        return
    row = statement.lineno - 1
    while row > 0 and file.lines[row - 1].lstrip().startswith("#"):
        row -= 1
        yield file.lines[row].strip()
    for line in file.lines[statement.lineno - 1 : getattr(node, "end_lineno", statement.lineno)]:
        yield line.partition("#")[2]


def _docstrings(file: FileView, node: ast.AST) -> Iterator[str]:
    for parent in file.tree.ancestors(node):
        if isinstance(parent, _DOCUMENTED):
            yield ast.get_docstring(parent) or ""

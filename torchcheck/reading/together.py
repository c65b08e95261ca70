"""What a block of a page takes from the blocks before it: the model above, the training loop below."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

Rows = range
"""Rows of the page, from 1."""


def needed_from(lines: Sequence[str], block: Rows, before: Sequence[Rows]) -> list[Rows]:
    """The rows of earlier blocks that define what a block uses and does not define itself.

    Taken are imports, classes, and objects that are built there and not spoken of again. A name that two blocks define
    is not taken: the page shows it in several versions.
    """
    own = _parsed(lines, block)
    if own is None:
        return []
    pieces = [piece for rows in before for piece in _pieces(lines, rows)]
    counts = Counter(name for names, *_ in pieces for name in names)
    taken: list[Rows] = []
    wanted = _read(own) - _bound(own)
    for names, where, node in reversed(pieces):
        if isinstance(node, ast.Import | ast.ImportFrom):
            taken.append(where)
        elif names & wanted and all(counts[name] == 1 for name in names):
            taken.append(where)
            wanted |= _read(node)
    only_imports = all(isinstance(node, ast.Import | ast.ImportFrom) for _, where, node in pieces if where in taken)
    return [] if only_imports else taken


_Piece = tuple[set[str], Rows, ast.stmt]


def _pieces(lines: Sequence[str], rows: Rows) -> Iterator[_Piece]:
    """The names that each top-level statement of a block binds or, being no definition, speaks of."""
    tree = _parsed(lines, rows)
    for node in tree.body if tree is not None else ():
        where = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if isinstance(node, ast.ClassDef):
            yield {node.name}, range(min([node.lineno, *(d.lineno for d in node.decorator_list)]), where.stop), node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield set(), where, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield {target.id for target in node.targets if isinstance(target, ast.Name)}, where, node
        else:
            for name in _read(node) | _bound(node):
                yield {name}, where, node
                yield {name}, where, node


def _parsed(lines: Sequence[str], rows: Rows) -> ast.Module | None:
    try:
        return ast.parse("\n" * (rows.start - 1) + "\n".join(lines[rows.start - 1 : rows.stop - 1]))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _read(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _bound(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names | {n.name for n in ast.walk(node) if isinstance(n, ast.ClassDef | ast.FunctionDef)}

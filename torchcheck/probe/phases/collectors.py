"""Where the user's source collects something in a variable."""

from __future__ import annotations

import ast
import functools

from torchcheck.finding import Position, Span
from torchcheck.probe.source import parsed


def collected_in(near: Span, collector: str, *, summed: bool) -> tuple[Span | None, str]:
    """The statement of a file that collects in a variable, and what it collects, as the user writes it."""
    own = f"self.{collector.rpartition('.')[2]}"  # an object's own method collects for it
    found = [
        (statement, value)
        for target, statement, value in _collections(near.filename, summed)
        if target == collector or ("." in collector and target == own)
    ]
    if not found:
        return None, ""
    statement, value = min(found, key=lambda pair: abs(pair[0].lineno - near.start.row))
    end = statement.end_lineno or statement.lineno, statement.end_col_offset or statement.col_offset
    start = Position(statement.lineno, statement.col_offset + 1)
    return Span(near.filename, start, Position(end[0], end[1] + 1)), ast.unparse(value)


@functools.lru_cache(maxsize=64)
def _collections(filename: str, summed: bool) -> tuple[tuple[str, ast.stmt, ast.expr], ...]:
    """Every `target += value`, `target = target + value` or `target.append(value)` of a file."""
    tree = parsed(filename)
    found: list[tuple[str, ast.stmt, ast.expr]] = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.AugAssign) and summed:
            found.append((ast.unparse(node.target), node, node.value))
        elif isinstance(node, ast.Assign) and summed and isinstance(node.value, ast.BinOp):
            target = ast.unparse(node.targets[0])
            sides = (node.value.left, node.value.right)
            if target in map(ast.unparse, sides):
                other = sides[1] if ast.unparse(sides[0]) == target else sides[0]
                found.append((target, node, other))
        elif isinstance(node, ast.Expr) and not summed and isinstance(node.value, ast.Call):
            call = node.value
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "extend") and call.args:
                found.append((ast.unparse(call.func.value), node, call.args[0]))
    return tuple(found)

"""The tests that decide whether a piece of code runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchcheck.code.scopes import Tree


def conditions_of(tree: Tree, node: ast.AST) -> Iterator[ast.expr]:
    """The tests that decide, within its function, whether a node runs."""
    child = node
    for parent in tree.ancestors(node):
        if isinstance(parent, ast.If | ast.While | ast.IfExp) and child is not parent.test:
            yield parent.test
        if isinstance(parent, ast.BoolOp):
            yield from parent.values[: parent.values.index(child)]  # type: ignore[arg-type]
        for block in (getattr(parent, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and child in block:
                before = block[: block.index(child)]
                yield from (one.test for one in before if isinstance(one, ast.If) and _leaves(one))
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        child = parent


def _leaves(statement: ast.If) -> bool:
    """Whether one of its branches ends the function or this round of the loop."""
    ends = (ast.Return, ast.Raise, ast.Continue, ast.Break)
    return any(block and isinstance(block[-1], ends) for block in (statement.body, statement.orelse))

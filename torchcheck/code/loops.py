"""Views of loops."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchcheck.code.nodes import CallView, ExprView, NodeView
from torchcheck.code.walk import children, walk

if TYPE_CHECKING:
    from torchcheck.code.file import FileView

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class LoopView(NodeView):
    """A `for` or `while` statement."""

    __slots__ = ()

    @property
    def source(self) -> ExprView | None:
        """What a `for` runs over."""
        return None if isinstance(self.node, ast.While) else ExprView(self.file, self.node.iter)

    def binds(self, name: str) -> bool:
        """Whether a name is one that the `for` sets in each round."""
        target = getattr(self.node, "target", None)
        return target is not None and any(isinstance(n, ast.Name) and n.id == name for n in walk(target))

    @property
    def own_calls(self) -> list[CallView]:
        """The calls in its body, loops and functions within it left out."""
        found: list[CallView] = []
        waiting: list[ast.AST] = list(self.node.body)
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call):
                found.append(CallView(self.file, node))
            if not isinstance(node, (*_LOOPS, *_SCOPES)):
                waiting.extend(children(node))
        return found


def loop_around(file: FileView, node: ast.AST) -> LoopView | None:
    """The innermost loop in whose body a node stands, within its function."""
    child = node
    for parent in file.tree.ancestors(node):
        if isinstance(parent, _SCOPES):
            return None
        if isinstance(parent, _LOOPS) and child in parent.body:
            return LoopView(file, parent)
        child = parent
    return None

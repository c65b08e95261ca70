"""Views of imports."""

from __future__ import annotations

import ast

from torchcheck.code.nodes import NodeView


class ImportView(NodeView):
    """One name that an `import` or `from … import` brings in; it stands where that name stands."""

    __slots__ = ()

    @property
    def source(self) -> str | None:
        """The dotted name of what is imported; None for a relative or a star import."""
        statement = self.file.tree.parent(self.node)
        if isinstance(statement, ast.Import):
            return str(self.node.name)
        if not isinstance(statement, ast.ImportFrom) or statement.level or self.node.name == "*":
            return None
        return f"{statement.module}.{self.node.name}"

    @property
    def bound(self) -> str:
        """The name that it gets in the file."""
        return str(self.node.asname or self.node.name.partition(".")[0])

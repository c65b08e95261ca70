"""Copy a state dict where it is taken."""

from __future__ import annotations

from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix, Position
from torchcheck.lint.fixes.syntax import Syntax, fix_of
from torchcheck.lint.fixes.tree import walk
from torchcheck.lint.source import SourceFile


def deepcopied(file: SourceFile, node: Any) -> FixMaker:
    """`copy.deepcopy(model.state_dict())`, with an import of `copy` where there is none."""

    def make(syntax: Syntax) -> Fix | None:
        function, imports = _deepcopy(syntax)
        if not function:
            return None
        start, end = syntax.span(node).start, syntax.span(node).end
        edits = (*imports, Edit(start, start, f"{function}("), Edit(end, end, ")"))
        return Fix("Copy the weights", edits)

    return fix_of(file, make)


def _deepcopy(syntax: Syntax) -> tuple[str, tuple[Edit, ...]]:
    """How the file calls `copy.deepcopy`, and what it needs for that; empty where `copy` is something else."""
    first: int | None = None
    for line in syntax.module.body:
        for small in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Import | cst.ImportFrom):
                text = syntax.text_of(small)
                if text == "import copy":
                    return "copy.deepcopy", ()
                if text == "from copy import deepcopy":
                    return "deepcopy", ()
                future = text.startswith("from __future__")
                first = syntax.span(small).start.row if first is None and not future else first
    names = (name.value for name in walk(syntax.module, (cst.Name,)))
    if first is None or "copy" in set(names):
        return "", ()
    at = Position(first, 1)
    return "copy.deepcopy", (Edit(at, at, "import copy\n"),)

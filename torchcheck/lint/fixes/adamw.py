"""Name `AdamW` in the place of `Adam`."""

from __future__ import annotations

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix
from torchcheck.lint import ir
from torchcheck.lint.fixes.syntax import Syntax, fix_of
from torchcheck.lint.fixes.tree import replace
from torchcheck.lint.source import SourceFile


def rename_to_adamw(file: SourceFile, func: ir.Expr) -> FixMaker:
    """Name `AdamW` instead of `Adam`: an attribute of a module, or a name that an import of the file binds."""

    def make(syntax: Syntax) -> Fix | None:
        node = syntax.node_of(func.node)
        if isinstance(node, cst.Attribute) and node.attr.value == "Adam":
            inside = syntax.text_of(node.value).endswith("adam")  # `torch.optim.adam` has no `AdamW`
            return None if inside else Fix("Use AdamW", (replace(syntax, node.attr, "AdamW"),))
        if isinstance(node, cst.Name) and node.value == "Adam":
            added = _import_adamw(syntax)
            return Fix("Use AdamW", (*added, replace(syntax, node, "AdamW"))) if added is not None else None
        return None

    return fix_of(file, make)


def _import_adamw(syntax: Syntax) -> tuple[Edit, ...] | None:
    """Edits that bind `AdamW` beside `Adam`: none if it is bound, None if `Adam` comes from no plain import."""
    found: tuple[Edit, ...] | None = None
    lines = (line for line in syntax.module.body if isinstance(line, cst.SimpleStatementLine))
    for statement in (small for line in lines for small in line.body):
        if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
            continue
        from_torch = statement.module is not None and syntax.text_of(statement.module) == "torch.optim"
        for alias in statement.names:
            bound = alias.evaluated_alias or alias.evaluated_name
            if bound == "AdamW":
                return () if from_torch and alias.evaluated_name == "AdamW" else None
            if bound == "Adam" and from_torch and alias.asname is None:
                end = syntax.span(alias.name).end
                found = (Edit(end, end, ", AdamW"),)
    return found

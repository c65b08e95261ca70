"""Collect a loss without its graph."""

from __future__ import annotations

import ast

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix
from torchcheck.lint import ir
from torchcheck.lint.source import SourceFile


def detach(file: SourceFile, part: ir.Expr) -> FixMaker:
    """Put `.detach()` behind an expression: its value stays, only the graph goes."""

    def make() -> Fix | None:
        span = file.span(part.node)
        if isinstance(part.node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            return Fix("Collect the loss without its graph", (Edit(span.end, span.end, ".detach()"),), safe=True)
        edits = (Edit(span.start, span.start, "("), Edit(span.end, span.end, ").detach()"))
        return Fix("Collect the loss without its graph", edits, safe=True)

    return make

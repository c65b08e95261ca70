"""Let a backward free its graph."""

from __future__ import annotations

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix
from torchcheck.lint import ir
from torchcheck.lint.fixes.syntax import Syntax, fix_of
from torchcheck.lint.source import SourceFile


def release(file: SourceFile, call: ir.Call) -> FixMaker:
    """Take `retain_graph=True` out of a call, where it is the last argument and given by its name."""

    def make(syntax: Syntax) -> Fix | None:
        node = syntax.node_of(call.node)
        last = node.args[-1] if isinstance(node, cst.Call) and node.args else None
        if last is None or last.keyword is None or last.keyword.value != "retain_graph":
            return None
        end = syntax.span(last.value).end
        start = syntax.span(node.args[-2].value).end if len(node.args) > 1 else syntax.span(last.keyword).start
        return Fix("Let the backward free its graph", (Edit(start, end, ""),), safe=True)

    return fix_of(file, make)

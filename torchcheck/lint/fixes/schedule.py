"""A scheduler's step moved behind the optimizer's."""

from __future__ import annotations

from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix, Position
from torchcheck.lint import ir
from torchcheck.lint.fixes.syntax import Syntax, fix_of
from torchcheck.lint.fixes.tree import BLOCKS, ancestors, is_alone, own_line, walk
from torchcheck.lint.interp.events import Happening, Loop

_LEAVING = (cst.Continue, cst.Break, cst.Return)


def move_behind(schedule: Happening, step: Happening, loop: Loop) -> FixMaker:
    """Move the line `scheduler.step()` behind the optimizer's step, or to the end of the loop that holds both."""
    file = schedule.place.file

    def make(syntax: Syntax) -> Fix | None:
        if loop.place.file is not file or not isinstance(schedule.statement, ir.ExprStmt):
            return None
        node, turn = syntax.node_of(schedule.statement.node), syntax.node_of(loop.place.node)
        block, source = _block(syntax, node), own_line(syntax, node)
        if source is None or block is None or not _holds(block, node) or not _is_body(turn, block):
            return None
        row = source[0]
        line = syntax.lines()[row - 1]
        if syntax.span(node).end.row != row or is_alone(syntax, node):
            return None
        stepped = syntax.node_of(step.statement.node) if step.place.file is file else None
        after = stepped if stepped is not None and _block(syntax, stepped) is block else block.body[-1]
        if not line.endswith(("\n", "\r")) or _leaves(syntax, block, row, after):
            return None
        end = syntax.span(after).end.row
        last = syntax.lines()[end - 1]
        removed = Edit(Position(row, 1), Position(row + 1, 1), "")
        if last.endswith(("\n", "\r")):
            inserted = Edit(Position(end + 1, 1), Position(end + 1, 1), line)
        else:
            whole = line.rstrip("\r\n")
            inserted = Edit(Position(end, len(last) + 1), Position(end, len(last) + 1), f"{source[2]}{whole}")
        return Fix("Step the scheduler after the optimizer", (removed, inserted))

    return fix_of(file, make)


def _block(syntax: Syntax, node: Any) -> Any:
    return next((block for block in ancestors(syntax.module, node) if isinstance(block, BLOCKS)), None)


def _is_body(loop: Any, block: Any) -> bool:
    return getattr(loop, "body", None) is block


def _holds(block: Any, node: Any) -> bool:
    """Whether a statement is one of a block's own."""
    return any(node in (line, *line.children) for line in block.body)


def _leaves(syntax: Syntax, block: Any, row: int, after: Any) -> bool:
    """Whether the way from one line to the other may be left: the scheduler would then not step in that turn."""
    last = syntax.span(after).end.row
    for statement in block.body:
        if not row < syntax.span(statement).start.row <= last:
            continue
        inner = [n for loop in walk(statement, (cst.For, cst.While)) for n in walk(loop, (cst.Continue, cst.Break))]
        if any(jump not in inner for jump in walk(statement, _LEAVING)):
            return True
    return False

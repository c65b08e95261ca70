"""A scheduler's step moved behind the optimizer's."""

from __future__ import annotations

from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.finding import Edit, Fix, Position
from torchcheck.lint import ir
from torchcheck.lint.fixes.tree import BLOCKS, ancestors, is_alone, own_line, walk
from torchcheck.lint.interp.events import Happening, Loop
from torchcheck.lint.source import SourceFile

_LEAVING = (cst.Continue, cst.Break, cst.Return)


def move_behind(schedule: Happening, step: Happening, loop: Loop) -> FixMaker:
    """Move the line `scheduler.step()` behind the optimizer's step, or to the end of the loop that holds both."""

    def make() -> Fix | None:
        file = schedule.place.file
        if loop.place.file is not file or not isinstance(schedule.statement, ir.ExprStmt):
            return None
        block, source = _block(file, schedule.statement.node), own_line(file, schedule.statement)
        if source is None or block is None or _line_of(schedule, block) is None or block is not loop.place.node.body:
            return None
        row = source[0]
        line = file.lines()[row - 1]
        if file.span(schedule.statement.node).end.row != row or is_alone(file, schedule.statement.node):
            return None
        after = step.statement.node if _is_beside(file, step, block) else block.body[-1]
        if not line.endswith(("\n", "\r")) or _leaves(file, block, row, after):
            return None
        end = file.span(after).end.row
        last = file.lines()[end - 1]
        removed = Edit(Position(row, 1), Position(row + 1, 1), "")
        if last.endswith(("\n", "\r")):
            inserted = Edit(Position(end + 1, 1), Position(end + 1, 1), line)
        else:
            whole = line.rstrip("\r\n")
            inserted = Edit(Position(end, len(last) + 1), Position(end, len(last) + 1), f"{source[2]}{whole}")
        return Fix("Step the scheduler after the optimizer", (removed, inserted))

    return make


def _block(file: SourceFile, node: Any) -> Any:
    return next((block for block in ancestors(file.module(), node) if isinstance(block, BLOCKS)), None)


def _line_of(schedule: Happening, block: Any) -> Any:
    return next((line for line in block.body if schedule.statement.node in (line, *line.children)), None)


def _is_beside(file: SourceFile, step: Happening, block: Any) -> bool:
    return step.place.file is file and _block(file, step.statement.node) is block


def _leaves(file: SourceFile, block: Any, row: int, after: Any) -> bool:
    """Whether the way from one line to the other may be left: the scheduler would then not step in that turn."""
    last = file.span(after).end.row
    for statement in block.body:
        if not row < file.span(statement).start.row <= last:
            continue
        inner = [n for loop in walk(statement, (cst.For, cst.While)) for n in walk(loop, (cst.Continue, cst.Break))]
        if any(jump not in inner for jump in walk(statement, _LEAVING)):
            return True
    return False

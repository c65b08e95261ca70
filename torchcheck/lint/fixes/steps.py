"""Clear gradients where they ought to be cleared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import libcst as cst

from torchcheck.facts.place import FixMaker
from torchcheck.facts.step import Act
from torchcheck.finding import Edit, Fix, Position
from torchcheck.lint import ir
from torchcheck.lint.fixes.syntax import Syntax, syntax_of
from torchcheck.lint.fixes.tree import BLOCKS, ancestors, is_alone, own_line, walk
from torchcheck.lint.interp.events import Happening
from torchcheck.patterns import pattern

_GUARDS = pattern(r"(?i)nan|finite|isinf|found_inf")
_UNCONDITIONAL = (cst.With, cst.Try, cst.TryStar)
_LEAVING = (cst.Continue, cst.Break, cst.Return)


def insert_clear(path: Sequence[Happening]) -> FixMaker:
    """Put `<optimizer>.zero_grad()` on a line of its own before the backward; after the step where gradients add up.

    Args:
        path: the acts of one turn that concern the optimizer, none of them a clear.
    """

    def make() -> Fix | None:
        steps = _distinct(event for event in path if event.act is Act.STEP)
        if len(steps) != 1 or not steps[0].text or "(" in steps[0].text:
            return None
        step = steps[0]
        backwards = _distinct(event for event in _round_to(path, step) if event.act is Act.BACKWARD)
        if not backwards or any(not _together(backward, step) for backward in backwards):
            return None
        syntax = syntax_of(step.place.file)
        if syntax is None:
            return None
        if len(backwards) == 1 and _same_turn(syntax, backwards[0], step):
            return _clear_before(syntax, backwards[0], step.text)
        learners = {backward.deps - {0} for backward in backwards}
        same = len(learners) == 1 and all(learners)  # not those of another network, whose gradients only pass by
        return _clear_after(syntax, step) if len(backwards) == 1 or same else None

    return make


def move_clear(clear: Happening, backward: Happening) -> FixMaker:
    """Move the line that clears from between backward and step to before the backward."""

    def make() -> Fix | None:
        syntax = syntax_of(clear.place.file)
        if syntax is None or not _together(clear, backward) or not _same_turn(syntax, backward, clear):
            return None
        source, target = own_line(syntax, clear.statement.node), own_line(syntax, backward.statement.node)
        if source is None or target is None or source[0] <= target[0] or source[1] != target[1]:
            return None
        row = source[0]
        line = syntax.lines()[row - 1]
        alone = syntax.span(clear.statement.node).end.row == row and line.endswith(("\n", "\r"))
        node = syntax.node_of(clear.statement.node)
        if not alone or not isinstance(clear.statement, ir.ExprStmt) or is_alone(syntax, node):
            return None
        removed = Edit(Position(row, 1), Position(row + 1, 1), "")
        inserted = Edit(Position(target[0], 1), Position(target[0], 1), line)
        return Fix("Clear the gradients before the backward", (inserted, removed))

    return make


def _first_clip(path: Sequence[Happening], step: Happening | None) -> Happening | None:
    """The first clipping of the gradients that a step uses: one before the last backward was of others."""
    clip = None
    for event in path:
        if event is step:
            break
        if event.act is Act.BACKWARD:
            clip = None
        elif event.act is Act.CLIP:
            clip = clip or event
    return clip


def insert_unscale(path: Sequence[Happening]) -> FixMaker:
    """Put `<scaler>.unscale_(<optimizer>)` on a line of its own before the gradients are clipped."""

    def make() -> Fix | None:
        step = next((event for event in path if event.act is Act.STEP and event.scaled), None)
        clip = _first_clip(path, step)
        if clip is None or step is None or not _together(clip, step) or "(" in step.scaler + step.text:
            return None
        syntax = syntax_of(clip.place.file)
        line = own_line(syntax, clip.statement.node) if syntax is not None else None
        if line is None or not step.text:
            return None
        row, indent, end = line
        edit = Edit(Position(row, 1), Position(row, 1), f"{indent}{step.scaler}.unscale_({step.text}){end}")
        return Fix(f"Unscale the gradients of `{step.text}` before they are clipped", (edit,))

    return make


def _distinct(events: Any) -> list[Happening]:
    """One act of each statement, in order."""
    return list({id(event.statement): event for event in events}.values())


def _round_to(path: Sequence[Happening], step: Happening) -> Sequence[Happening]:
    """The acts before a step, or after it where none are before: the step then ends the turn before."""
    at = next(i for i, event in enumerate(path) if event.statement is step.statement)
    before = path[:at]
    return before if any(event.act is Act.BACKWARD for event in before) else path[at + 1 :]


def _together(one: Happening, other: Happening) -> bool:
    return one.frame is other.frame and one.place.file is other.place.file


def _same_turn(syntax: Syntax, backward: Happening, later: Happening) -> bool:
    """Whether every backward is followed by the other act: same loops and conditions, and no way out between."""
    first, last = syntax.node_of(backward.statement.node), syntax.node_of(later.statement.node)
    if first is None or last is None or _controls(syntax, first) != _controls(syntax, last):
        return False
    rows = sorted((syntax.span(backward.statement.node).start.row, syntax.span(later.statement.node).start.row))
    return not any(rows[0] <= syntax.span(node).start.row <= rows[1] for node in walk(syntax.module, _LEAVING))


def _controls(syntax: Syntax, node: Any) -> list[int]:
    """The blocks around a node that may run another number of times than what is around them."""
    around = ancestors(syntax.module, node)
    pairs = pairwise(around)
    return [
        id(block)
        for block, owner in pairs
        if isinstance(block, cst.BaseSuite) and not isinstance(owner, _UNCONDITIONAL)
    ]


def _clear_before(syntax: Syntax, backward: Happening, text: str) -> Fix | None:
    line = own_line(syntax, backward.statement.node)
    if line is None or _is_bound_nearby(syntax, backward, text):
        return None
    row, indent, end = line
    edit = Edit(Position(row, 1), Position(row, 1), f"{indent}{text}.zero_grad(){end}")
    return Fix(f"Clear the gradients of `{text}` before the backward", (edit,))


def _is_bound_nearby(syntax: Syntax, backward: Happening, text: str) -> bool:
    """Whether the optimizer gets its name only in the backward's block, after it."""
    node = syntax.node_of(backward.statement.node)
    row = syntax.span(node).start.row
    block = next((b for b in ancestors(syntax.module, node) if isinstance(b, BLOCKS)), None)
    targets = (t.target for t in walk(block, (cst.AssignTarget,))) if block is not None else ()
    return any(syntax.text_of(target) == text and syntax.span(target).start.row > row for target in targets)


def _clear_after(syntax: Syntax, step: Happening) -> Fix | None:
    node = syntax.node_of(step.statement.node)
    line = own_line(syntax, node)
    tests = (a.test for a in ancestors(syntax.module, node) if isinstance(a, cst.If))
    if line is None or any(_GUARDS.search(syntax.text_of(test)) for test in tests):
        return None  # a step that is left out must not leave its broken gradients behind
    if any(attribute.attr.value == "grad" for attribute in walk(syntax.module, (cst.Attribute,))):
        return None  # somebody may read gradients after the step
    row = syntax.span(node).end.row
    _, indent, end = line
    added = f"{indent}{step.text}.zero_grad()"
    last = syntax.lines()[row - 1]
    if last.endswith(("\n", "\r")):
        edit = Edit(Position(row + 1, 1), Position(row + 1, 1), added + end)
    else:
        edit = Edit(Position(row, len(last) + 1), Position(row, len(last) + 1), end + added)
    return Fix(f"Clear the gradients of `{step.text}` after the step", (edit,))

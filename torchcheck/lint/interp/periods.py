"""Conditions that hold every so many turns: `(i + 1) % k == 0`, `count >= accumulation_steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.spelling import last_part, spell
from torchcheck.patterns import pattern

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Machine

ACCUMULATES = pattern(r"(?i)accum|micro|virtual_?batch|update_(freq|every|interval)|iter_size|batch_multipl")
"""Names of the number of backwards for a step."""
_MAX_DEPTH = 4


def period_of(m: Machine, test: ir.Expr, depth: int = 0) -> str | None:
    """The number of turns after which a condition holds again, as the user writes it; None where it is no such one."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(test, ir.Unary):
        return period_of(m, test.operand, depth + 1)
    if isinstance(test, ir.Boolean):
        return period_of(m, test.left, depth + 1) or period_of(m, test.right, depth + 1)
    if isinstance(test, ir.Binary) and test.op == "%":
        return m.text(test.right) if isinstance(test.right, ir.Name | ir.Attribute | ir.Constant) else None
    if isinstance(test, ir.Compare):
        for side in (test.left, test.right):
            if isinstance(side, ir.Binary) and (found := period_of(m, side, depth + 1)):
                return found
        named = (side for side in (test.left, test.right) if ACCUMULATES.search(last_part(spell(side))))
        return next((m.text(side) for side in named if "count" not in spell(side)), None)
    if isinstance(test, ir.Name):
        bound = m.frame.sources.get(test.id, [])
        last = bound[-1] if bound else None
        return period_of(m, last, depth + 1) if isinstance(last, ir.Compare | ir.Boolean | ir.Unary) else None
    return None

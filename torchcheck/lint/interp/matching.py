"""`match` statements: which case is taken where that is known, and what its pattern binds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torchcheck.lint import ir
from torchcheck.lint.interp.attributes import attribute
from torchcheck.lint.interp.values import UNKNOWN, Const, Sequence, Unknown, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.machine import Flow, Machine


def match(m: Machine, statement: ir.Match) -> Flow:
    """Run the case that is surely taken, or each that may be."""
    subject = m.eval(statement.subject)
    m.use(subject)
    arms: list[Callable[[], Flow]] = []
    for (pattern, guard), block in zip(statement.patterns, statement.cases, strict=True):
        fits = _fits(m, pattern, subject)
        if fits is False:
            continue
        arms.append(_arm(m, statement, pattern, guard, block, subject))
        if fits and guard is None:
            return arms[0]() if len(arms) == 1 else m.fork(None, arms)
    return m.fork(None, [*arms, lambda: None])


def _arm(
    m: Machine, statement: ir.Match, pattern: ir.Pattern, guard: ir.Expr | None, block: list[ir.Stmt], subject: Value
) -> Callable[[], Flow]:
    def run() -> Flow:
        _bind(m, pattern, subject, statement.subject)
        if guard is not None:
            m.eval(guard)
        return m.run(block)

    return run


def _fits(m: Machine, pattern: ir.Pattern, subject: Value) -> bool | None:
    """Whether a pattern fits a value; None when not known."""
    if pattern.kind == "capture":
        return True
    if pattern.kind == "value" and pattern.value is not None:
        wanted = m.eval(pattern.value)
        if isinstance(wanted, Const) and isinstance(subject, Const):
            return bool(wanted.value == subject.value)
        return None
    if pattern.kind == "or":
        answers = [_fits(m, part, subject) for part in pattern.parts]
        return True if True in answers else None if None in answers else False
    if pattern.kind == "sequence" and isinstance(subject, Sequence) and not subject.open:
        if len(subject.items) != len(pattern.parts):
            return False
        answers = [_fits(m, part, item) for part, item in zip(pattern.parts, subject.items, strict=True)]
        return False if False in answers else None if None in answers else True
    return None


def _bind(m: Machine, pattern: ir.Pattern, value: Value, expr: ir.Expr) -> None:
    """Bind the names that a pattern captures; of what is not followed they are no longer what they were."""
    if pattern.name is not None:
        m.bind(m.frame, pattern.name, value)
    items: list[Value] = [UNKNOWN] * len(pattern.parts)
    if pattern.kind == "or":
        items = [value] * len(pattern.parts)
    elif pattern.kind == "sequence" and isinstance(value, Sequence) and len(value.items) == len(items):
        items = list(value.items)
    elif pattern.kind == "class" and not isinstance(value, Unknown):
        names = pattern.keys
        items = [attribute(m, value, ir.Attribute(expr.node, expr, key)) if key else UNKNOWN for key in names]
    for part, item in zip(pattern.parts, items, strict=True):
        _bind(m, part, item, expr)

"""How much work an entry point may take, and the calls that are left out where one is too much work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.facts.step import Act
from torchcheck.lint import ir
from torchcheck.lint.interp.modes import forget_modes_of
from torchcheck.lint.interp.unknowns import unknown_call
from torchcheck.lint.interp.values import UNKNOWN, Function, Instance, Value

if TYPE_CHECKING:
    from torchcheck.lint.interp.calls import CallSite
    from torchcheck.lint.interp.machine import Machine

FUEL = 40_000
"""Statements and calls that a script may take: far more than one with a model zoo of its own needs."""
FUNCTION_FUEL = 3_000
"""The same for a function that is interpreted by itself."""
FILE_FUEL = 60_000
"""The same for a file with all its functions: a few seconds."""
_HEAVY = FUNCTION_FUEL // 3
"""What one call within such a function may take before it is the one to leave out."""


class OutOfFuel(Exception):
    """An entry point took more than it may."""


def blame(m: Machine, definition: ir.FunctionDef, before: int) -> None:
    """Mark the innermost function that took too much of what its entry point had; the entry point is none.

    Args:
        m: the machine that ran out, out of the function again.
        definition: the function.
        before: what was left when it was called.
    """
    if m.alone and not m.blamed and len(m.frames) > 1 and before - max(m.fuel, 0) >= _HEAVY:
        m.blamed = True
        m.heavy.add(definition)


def left_out(m: Machine, function: Function, site: CallSite) -> Value:
    """A call that is too much to follow: it may do anything to what it is given, and to its receiver."""
    given = site.values() if function.bound is None else [function.bound, *site.values()]
    for part in forget_modes_of(m, given, site.node):
        if isinstance(part, Instance):
            part.partial = True
    m.modules_changed += 1
    unknown_call(m, UNKNOWN, site if function.bound is None else site.shifted(function.bound))
    m.happen(Act.UNKNOWN, site.node)
    return UNKNOWN

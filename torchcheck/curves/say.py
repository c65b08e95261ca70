"""How the rules about curves put numbers into words."""

from __future__ import annotations

from torchcheck.facts.curve import Curve


def number(value: float) -> str:
    """Four figures, as in 0.4312, 2.303, 18.2 and 1.2e+06."""
    return f"{value:.4g}"


def rough(value: float) -> str:
    """Two figures, as in 0.0025: as much as can be known of an interval."""
    return f"{value:.2g}"


def at(step: float, curve: Curve) -> str:
    """As in `epoch 7`, `step 1200`, `row 12`."""
    return f"{curve.unit} {step:g}"


def part(value: float) -> str:
    """A part of 1, as in 12 % or 0.4 %."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1g} %"


def whole(step: float) -> int | None:
    """The step of a finding, where steps are counted in whole numbers."""
    return int(step) if step == int(step) else None

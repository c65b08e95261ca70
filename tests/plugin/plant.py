"""The conftest of a trial project: stands in for torch and for the watch, and finds what the tests plant."""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.rules import find_rule
from torchcheck.rules.base import Rule

LIVE: list[PlantedReport] = []


class PlantedReport:
    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = {rule.code: rule for rule in rules}
        self.found: list[Finding] = []
        self.remarks: list[str] = []
        self._allowed: list[str] = []

    @property
    def findings(self) -> list[Finding]:
        return [f for f in self.found if not any(s == f.name or f.code.startswith(s) for s in self._allowed)]

    def allow(self, selector: str, *, reason: str) -> None:
        self._allowed.append(selector)


class PlantedWatch:
    def __init__(self, rules: Sequence[Rule], *, every: int | None, steps: int | None, fail_fast: bool) -> None:
        self.report = PlantedReport(rules)

    def __enter__(self) -> PlantedReport:
        LIVE.append(self.report)
        return self.report

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        LIVE.remove(self.report)
        if isinstance(error, ArithmeticError):
            self.report.remarks.append(f"saw {type(error).__name__}: {error}")


def plant(
    code: str,
    level: str | None = None,
    message: str = "Something is wrong.",
    step: int | None = None,
    module: str | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """Have every live watch whose rules include this one find it, at the line of the caller."""
    frame = sys._getframe(1)
    rule = find_rule(code)
    assert rule is not None
    row = frame.f_lineno
    finding = Finding(
        code=rule.code,
        name=rule.name,
        level=Level(level) if level else rule.level,
        message=message,
        why="It hurts.",
        help="Mend it.",
        place=Span(frame.f_code.co_filename, Position(row, 5), Position(row, 10)),
        lens=Lens.RUNTIME,
        step=step,
        module=module,
        evidence=evidence or {},
    )
    for report in LIVE:
        if rule.code in report.rules:
            report.found.append(finding)


def watched() -> int:
    """How many watches are open."""
    return len(LIVE)


stand_in: Any = types.ModuleType("torchcheck.probe.watch")
stand_in.Watch = PlantedWatch
sys.modules["torchcheck.probe.watch"] = stand_in
sys.modules.setdefault("torch", types.ModuleType("torch"))
everywhere: Any = builtins
everywhere.plant = plant
everywhere.watched = watched

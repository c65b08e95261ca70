"""What one mistake leads to is told with it, not beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from torchcheck.finding import Finding
from torchcheck.rules import find_rule


def without_symptoms(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that others explain; a cause says in its evidence what it led to, as `led_to`."""
    given = list(findings)
    codes = {finding.code for finding in given}
    explained: dict[str, set[str]] = {}
    for code in codes:
        rule = find_rule(code)
        for cause in rule.symptom_of & codes if rule is not None else ():
            explained.setdefault(cause, set()).add(code)
    gone = set().union(*explained.values())
    return [_with(finding, explained.get(finding.code)) for finding in given if finding.code not in gone]


def _with(cause: Finding, symptoms: set[str] | None) -> Finding:
    if symptoms is None:
        return cause
    return replace(cause, evidence={**cause.evidence, "led_to": sorted(symptoms)})

"""What one mistake leads to is told with it, not beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from torchcheck.finding import Finding, Lens
from torchcheck.rules import find_rule


def without_symptoms(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those that others explain; a cause says in its evidence what it led to, as `led_to`.

    What a run shows may come from anywhere in it; what source code shows, from the line that it stands in.
    """
    given = list(findings)
    codes = {finding.code for finding in given}
    causes = {code: rule.symptom_of & codes for code in codes if (rule := find_rule(code)) is not None}
    causes = {code: known for code, known in causes.items() if known}
    if not causes:
        return given
    explained: dict[int, set[str]] = {}
    gone: set[int] = set()
    for symptom in (finding for finding in given if finding.code in causes):
        for cause in given:
            if cause.code in causes[symptom.code] and _may_lead(cause, symptom):
                explained.setdefault(id(cause), set()).add(symptom.code)
                gone.add(id(symptom))
    return [_with(finding, explained.get(id(finding))) for finding in given if id(finding) not in gone]


def _may_lead(cause: Finding, symptom: Finding) -> bool:
    if cause.lens is symptom.lens is Lens.RUNTIME:
        return True
    return (cause.filename, cause.row) == (symptom.filename, symptom.row)


def _with(cause: Finding, symptoms: set[str] | None) -> Finding:
    if symptoms is None:
        return cause
    return replace(cause, evidence={**cause.evidence, "led_to": sorted(symptoms)})

"""Findings as a Code Quality report of GitLab, which shows them in merge requests."""

from __future__ import annotations

import json
from collections.abc import Sequence

from torchcheck.finding import JSON, Finding, Level, Position
from torchcheck.report.fingerprint import fingerprints
from torchcheck.report.source import SourceLine
from torchcheck.report.where import region, relative, told

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.INFO: "info"}


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    names = fingerprints(findings, line_of)
    return json.dumps([_issue(*pair) for pair in zip(findings, names, strict=True)], indent=2) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, JSON]:
    start, end = region(finding.place)
    return {
        "check_name": finding.code,
        "description": f"{finding.code} [{finding.name}] {told(finding)}",
        "severity": _SEVERITIES[finding.level],
        "fingerprint": fingerprint,
        "location": {
            "path": relative(finding.filename),
            "positions": {"begin": _position(start), "end": _position(end)},
        },
    }


def _position(position: Position) -> dict[str, JSON]:
    return {"line": position.row, "column": position.column}

"""Findings as JSON, an object a line."""

from __future__ import annotations

from collections.abc import Sequence

from torchcheck.finding import Finding
from torchcheck.report.as_json import dumps_one
from torchcheck.report.source import SourceLine


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    return "".join(dumps_one(finding) + "\n" for finding in findings)

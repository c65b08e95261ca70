"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from torchcheck.finding import Finding, Level
from torchcheck.report.source import SourceLine
from torchcheck.report.where import region, relative, told

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_ORDER = list(_COMMANDS)


def report(findings: Sequence[Finding], line_of: SourceLine) -> str:
    """A command a line, the gravest first: GitHub shows ten of a kind for each step, and drops the rest."""
    return "".join(_command(finding) + "\n" for finding in sorted(findings, key=lambda f: _ORDER.index(f.level)))


def _command(finding: Finding) -> str:
    start, end = region(finding.place)
    properties = {
        "title": f"{finding.code} {finding.name}",
        "file": relative(finding.filename),
        "line": str(start.row),
        "endLine": str(end.row),
    }
    if finding.place.cell is None and start.row == end.row:  # GitHub takes columns within one line only
        properties |= {"col": str(start.column), "endColumn": str(end.column)}
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    text = f"{told(finding)}\n{finding.why}\n{finding.help}"
    return f"::{_COMMANDS[finding.level]} {shown}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

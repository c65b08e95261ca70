"""What was found, on the report of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck import record
from pytest_torchcheck.show import in_full
from pytest_torchcheck.verdict import Failed

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching
    from torchcheck.finding import Finding


def tell(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, watching: Watching) -> None:
    """Put the findings on the report: for machines, and as text where the failure does not show it."""
    findings = watching.findings
    failure = call.excinfo.value if call.excinfo is not None else None
    shown = failure.findings if isinstance(failure, Failed) else []
    others = [finding for finding in findings if finding not in shown]
    record.write(report, [*shown, *others], watching.remarks)
    if shown:
        _point_at(report, shown[0])
    if others:
        report.sections.append(("torchcheck", in_full(others, item.config)))


def tell_failure(item: pytest.Item, report: pytest.TestReport, failure: Failed) -> None:
    """Put the findings of a decorated test, which the plugin does not watch, on its report."""
    if failure.findings:
        record.write(report, failure.findings, [])
        record.set_properties(item, failure.findings)
        report.user_properties = list(item.user_properties)
        _point_at(report, failure.findings[0])


def _point_at(report: pytest.TestReport, finding: Finding) -> None:
    """Let the failure stand at the user's line, for `--tb=line`, the short summary and annotations in CI."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.path, crash.lineno = finding.filename, finding.row
        crash.message = f"{finding.code} {finding.message}"

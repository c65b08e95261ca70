"""The section `torchcheck` at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck import record

if TYPE_CHECKING:
    from torchcheck.finding import Finding

_KNOWN = ("xfailed", "rerun")  # reports of tests that may fail, and of attempts that were made again
_SHOWN_TESTS = 5


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    told = [(report.nodeid, *record.read(report)) for report in _reports(terminalreporter)]
    findings = [(nodeid, finding) for nodeid, found, _ in told for finding in found]
    remarks = list(dict.fromkeys(remark for _, _, said in told for remark in said))
    if findings or remarks:
        terminalreporter.section("torchcheck")
        _write_findings(terminalreporter, config, findings)
        for remark in remarks:
            terminalreporter.line(f"remark: {remark}")


def _reports(reporter: pytest.TerminalReporter) -> list[pytest.TestReport]:
    """The reports that carry a record, in the order in which the tests began."""
    kept = [reports for category, reports in reporter.stats.items() if category not in _KNOWN]
    told = [report for reports in kept for report in reports if hasattr(report, record.ATTRIBUTE)]
    return sorted(told, key=lambda report: report.start)


def _write_findings(
    reporter: pytest.TerminalReporter, config: pytest.Config, findings: list[tuple[str, Finding]]
) -> None:
    """The findings under their tests; what a shared helper does wrong in many tests is written once."""
    if not findings:
        return
    from pytest_torchcheck.show import in_a_line
    from torchcheck.report.text import summary

    by_tests: dict[tuple[str, ...], list[Finding]] = {}
    for tests, finding in _with_their_tests(findings):
        by_tests.setdefault(tests, []).append(finding)
    for tests, theirs in by_tests.items():
        for line in _shortened(tests):
            reporter.line(line)
        for finding in theirs:
            reporter.line(f"  {in_a_line(finding, config, colour=reporter.hasmarkup)}")
    reporter.line(summary([finding for _, finding in _with_their_tests(findings)]))


def _with_their_tests(findings: list[tuple[str, Finding]]) -> list[tuple[tuple[str, ...], Finding]]:
    """Each mistake once, with the tests that it was seen in."""
    tests: dict[tuple[str, str, int, str | None], list[str]] = {}
    first: dict[tuple[str, str, int, str | None], Finding] = {}
    for nodeid, finding in findings:
        mistake = (finding.code, finding.filename, finding.row, finding.module)
        tests.setdefault(mistake, []).append(nodeid)
        first.setdefault(mistake, finding)
    return [(tuple(dict.fromkeys(tests[mistake])), finding) for mistake, finding in first.items()]


def _shortened(tests: tuple[str, ...]) -> list[str]:
    if len(tests) <= _SHOWN_TESTS:
        return list(tests)
    return [*tests[: _SHOWN_TESTS - 1], f"… and {len(tests) - _SHOWN_TESTS + 1} more tests"]

"""What an exam came to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from torchcheck.errors import FindingsError, UsageError
from torchcheck.finding import Finding, Level
from torchcheck.preflight.row import Row, Verdict
from torchcheck.probe.watch import read_level, told
from torchcheck.report.as_json import finite
from torchcheck.selection import check_selectors
from torchcheck.suppress import selects


class Exam:
    """The result of `torchcheck.preflight`: a verdict with its reason for each check, and findings.

    `print(exam)` shows a table; a notebook shows it by itself.

    Attributes:
        rows: the checks in order: `check`, `verdict` (`passed`, `failed`, `remark` or `not judged`), `reason`, `codes`
            of the findings, `data`.
        remarks: what broke inside the exam.
        seconds: what it took.
    """

    def __init__(
        self, rows: Sequence[Row], findings: Sequence[Finding], remarks: Sequence[str], seconds: float
    ) -> None:
        self.rows = list(rows)
        self.remarks = list(remarks)
        self.seconds = seconds
        self._findings = sorted(findings, key=lambda finding: (_ORDER[finding.level], finding.sort_key()))
        self._allowed: list[str] = []

    @property
    def findings(self) -> list[Finding]:
        """The findings, the gravest first, without those that were allowed."""
        return [f for f in self._findings if not any(selects(selector, f) for selector in self._allowed)]

    def row(self, check: str) -> Row:
        """The row of a check, by its name. Raises KeyError where there is none."""
        for row in self.rows:
            if row.check == check:
                return row
        raise KeyError(check)

    def allow(self, selector: str, *, reason: str) -> None:
        """Drop the findings of a rule.

        Args:
            selector: its code, name, or a prefix of codes.
            reason: why that is right here.

        Raises:
            UsageError: no such rule, or no reason.
        """
        check_selectors([selector])
        if not reason.strip():
            raise UsageError(f"`allow({selector!r})` needs a reason")
        self._allowed.append("" if selector == "ALL" else selector)

    def keep(self, wanted: Callable[[Finding], bool]) -> None:
        """Drop the findings that are not wanted."""
        self._findings = [finding for finding in self._findings if wanted(finding)]

    def at_least(self, level: Level) -> list[Finding]:
        """The findings of this level and of graver ones."""
        return [finding for finding in self.findings if finding.level.reaches(level)]

    def raise_for_findings(self, fail_on: str = "error") -> None:
        """Fail if there are findings.

        Args:
            fail_on: the lowest level that fails: `error`, `warning`, `info` or `never`.

        Raises:
            FindingsError: there are such findings; they stand in its text and in its `findings`.
            UsageError: there is no such level.
        """
        __tracebackhide__ = True
        level = read_level(fail_on)
        failing = [] if level is None else self.at_least(level)
        if failing:
            raise FindingsError(told(failing), failing)

    def to_json(self) -> dict[str, Any]:
        """Rows, findings and remarks as JSON types; numbers that are not finite become text."""
        data = {
            "checks": [row.to_json() for row in self.rows],
            "findings": [finding.to_json() for finding in self.findings],
            "remarks": self.remarks,
            "seconds": round(self.seconds, 3),
        }
        return json.loads(json.dumps(finite(data), default=str))  # type: ignore[no-any-return]

    def shown_rows(self) -> list[Row]:
        """The rows, with those passed that failed only by what was allowed."""
        codes = {finding.code for finding in self.findings}
        return [_allowed(row) if row.codes and not codes & set(row.codes) else row for row in self.rows]

    def __str__(self) -> str:
        from torchcheck.preflight.table import render

        return render(self)

    def __repr__(self) -> str:
        return f"<Exam: {len(self.rows)} checks, {len(self.findings)} findings>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _allowed(row: Row) -> Row:
    return Row(row.check, Verdict.PASSED, f"{row.reason} (allowed)", (), row.data)


_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}

"""One line of the result of an exam."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any


class Verdict(str, enum.Enum):
    """What one check of the exam came to."""

    PASSED = "passed"
    FAILED = "failed"
    REMARK = "remark"  # nothing to accuse, and worth knowing
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Row:
    """One line of the exam: a check, its verdict and the reason.

    Attributes:
        check: its name, `one batch by heart`.
        codes: of the findings that it led to.
        data: the numbers behind it; JSON types only.
    """

    check: str
    verdict: Verdict
    reason: str
    codes: tuple[str, ...] = ()
    data: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The row as JSON types."""
        told = {"check": self.check, "verdict": self.verdict.value, "reason": self.reason, "codes": list(self.codes)}
        return told if self.data is None else {**told, "data": self.data}


def judged(check: str, codes: tuple[str, ...], reason: str, data: dict[str, Any] | None = None) -> Row:
    """A row that failed if there are findings, and passed otherwise."""
    return Row(check, Verdict.FAILED if codes else Verdict.PASSED, reason, codes, data)


def not_judged(check: str, reason: str) -> Row:
    """A row without a verdict."""
    return Row(check, Verdict.NOT_JUDGED, reason)


def number(value: float) -> str:
    """A number for a reader: three figures."""
    return f"{value:.3g}" if abs(value) < 1000 or value != value else f"{value:.4g}"

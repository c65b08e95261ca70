"""The errors that a user can cause, and the warning that a run gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchcheck.finding import Finding


class UsageError(Exception):
    """A wrong option, setting or path: one line that says what, where and what to do. Exit code 2."""


class TorchcheckWarning(UserWarning):
    """A warning-level finding. Turn it into an error with `-W error::torchcheck.TorchcheckWarning`."""


class FindingsError(AssertionError):
    """A watched function or test had findings at or above the level at which it must fail.

    Attributes:
        findings: these findings.
    """

    def __init__(self, text: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(text)
        self.findings = list(findings)

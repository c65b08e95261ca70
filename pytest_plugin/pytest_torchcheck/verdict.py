"""What becomes of the findings of a test: a failure, warnings, or a line in the report."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck.record import plain
from pytest_torchcheck.show import in_full
from torchcheck.errors import FindingsError, TorchcheckWarning
from torchcheck.finding import Finding, Level

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching


class Failed(pytest.fail.Exception, FindingsError):  # type: ignore[name-defined,misc]
    """The failure of a test by its findings: pytest shows its text and no traceback.

    Attributes:
        findings: all that it shows; may be empty where a test raised a FindingsError of its own.
    """

    __module__ = "builtins"  # pytest names the class with its module otherwise

    def __init__(self, text: str, findings: Sequence[Finding]) -> None:
        super().__init__(text, pytrace=False)  # type: ignore[call-arg]
        self.findings = list(findings)


def failure_of(item: pytest.Item, error: FindingsError) -> Failed:
    """The error that a decorated function or a watch in a test raised, as a finding of the fixture is shown."""
    findings = [plain(finding) for finding in _carried(item, error)]
    return Failed(in_full(findings, item.config) if findings else str(error), findings)


def _carried(item: pytest.Item, error: FindingsError) -> Sequence[Finding]:
    """The findings that the error tells of, as far as it or the decorated test keeps them."""
    carried: Sequence[Finding] | None = getattr(error, "findings", None)
    if carried:
        return carried
    report = getattr(getattr(item, "function", None), "report", None)
    return [finding for finding in getattr(report, "findings", ()) if f"{finding.place}: {finding.code}" in str(error)]


def settle(config: pytest.Config, watching: Watching) -> None:
    """Warn of, and fail by, what a test that passed was found to do.

    Raises:
        Failed: there are findings that fail, by their level or because a filter makes errors of the warnings.
    """
    fail_on = watching.settings.fail_on
    failing = []
    for finding in watching.findings:
        if fail_on is not None and finding.level.reaches(fail_on):
            failing.append(finding)
        elif finding.level is not Level.INFO:
            try:
                if not _warn(finding):
                    watching.silence(finding)
            except TorchcheckWarning:
                failing.append(finding)
    if failing:
        raise Failed(in_full(watching.findings, config), watching.findings)


def _warn(finding: Finding) -> bool:
    """Warn at the user's line; whether the filters let it pass. Raises the warning if they make it an error."""
    with warnings.catch_warnings(record=True) as passed:
        warnings.warn_explicit(
            TorchcheckWarning(f"{finding.code} [{finding.name}] {finding.message} {finding.help}"),
            category=TorchcheckWarning,
            filename=finding.filename,
            lineno=finding.row,
            module=_module_of(finding.filename),
        )
    for warning in passed:
        warnings.showwarning(warning.message, warning.category, warning.filename, warning.lineno)
    return bool(passed)


def _module_of(filename: str) -> str | None:
    """The module that a file was loaded as, for filters that name one."""
    return next((name for name, module in list(sys.modules.items()) if _file(module) == filename), None)


def _file(module: object) -> object:
    return getattr(module, "__dict__", {}).get("__file__")  # getattr on a lazy module would load it

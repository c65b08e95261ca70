"""The watch over one test: from its setup, or from where it asks, to the end of its call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_torchcheck.record import plain
from torchcheck.errors import UsageError
from torchcheck.finding import Level

if TYPE_CHECKING:
    from pytest_torchcheck.settings import Settings
    from torchcheck.finding import Finding
    from torchcheck.preflight.result import Exam
    from torchcheck.probe.watch import Report, Watch


class Watching:
    """One watch; it can be opened again when a plugin runs the call of a test twice.

    Nothing that breaks inside torchcheck reaches the test: it becomes a remark.

    Attributes:
        settings: which rules are on, and what fails.
        closed: a watch was opened, or tried to, and has ended.
        told: what it found stands on a report of pytest.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.closed = False
        self.told = False
        self._live: tuple[Watch, Report] | None = None
        self._findings: list[Finding] = []
        self._remarks: list[str] = []
        self._broke: list[str] = []
        self._allowed: list[tuple[str, str]] = []

    @property
    def is_open(self) -> bool:
        return self._live is not None

    @property
    def findings(self) -> list[Finding]:
        """What was found so far, less what was allowed; the gravest first."""
        if self._live is not None:
            self._guarded(self._take)
        return list(self._findings)

    @property
    def remarks(self) -> list[str]:
        """What torchcheck has to say that is no finding: what it could not see, and its own failures."""
        if self._live is not None:
            self._guarded(self._take)
        return [*self._broke, *self._remarks]

    def open(self) -> None:
        """Start to watch, unless it already does or no rule is on.

        Raises:
            UsageError: torch is missing, or a setting is wrong.
        """
        if self.is_open or not self.settings.rules:
            return
        self.closed = self.told = False
        self._findings, self._remarks, self._broke = [], [], []
        try:
            self._enter()
        except UsageError:
            raise
        except Exception as error:
            self._say_broken(error)
            self.closed = True

    def close(self, error: BaseException | None = None) -> None:
        """Stop to watch and take what was found; `error` is what ended the test, if it was no plain skip."""
        if self._live is None:
            return
        manager = self._live[0]
        if error is None:
            self._guarded(lambda: manager.__exit__(None, None, None))
        else:
            self._guarded(lambda: manager.__exit__(type(error), error, error.__traceback__))
        self._guarded(self._take)
        self._live = None  # the report may hold on to a model
        self.closed = True

    def allow(self, selector: str, reason: str) -> None:
        """See `TorchcheckFixture.allow`."""
        self._allowed.append((selector, reason))
        if self._live is not None:
            self._live[1].allow(selector, reason=reason)

    def allow_in(self, exam: Exam) -> None:
        """Let an exam drop the findings that this test allows, and those that the project ignores in their files."""
        for selector, reason in self._allowed:
            exam.allow(selector, reason=reason)
        exam.keep(self.settings.keeps)

    def silence(self, finding: Finding) -> None:
        """Drop a finding that the user's warning filters do not want to hear of."""
        self._findings.remove(finding)

    def _enter(self) -> None:
        from torchcheck.probe.watch import Watch

        manager = Watch(self.settings.rules, every=None, steps=None, fail_fast=False)
        self._live = manager, manager.__enter__()
        for selector, reason in self._allowed:
            self._live[1].allow(selector, reason=reason)

    def _take(self) -> None:
        assert self._live is not None
        report = self._live[1]
        self._findings = sorted(map(plain, filter(self.settings.keeps, report.findings)), key=_gravest_first)
        self._remarks = [str(remark) for remark in report.remarks]

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:
            self._say_broken(error)

    def _say_broken(self, error: Exception) -> None:
        text = (
            f"torchcheck broke while it watched a test ({type(error).__name__}: {error}); the test goes on. "
            "Please report this to torchcheck."
        )
        if text not in self._broke:
            self._broke.append(text)


def _gravest_first(finding: Finding) -> tuple[object, ...]:
    return (_ORDER[finding.level], *finding.sort_key())


_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}

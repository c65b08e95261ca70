"""`--torchcheck-history`: one folder for a session, with what was found in its watched tests.

The process that the user started writes alone: reports of workers of pytest-xdist reach it as those of its own tests.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck import record

if TYPE_CHECKING:
    from torchcheck.finding import Finding
    from torchcheck.history.recorder import Recorder

_NAME = "torchcheck-history"


def register(config: pytest.Config) -> None:
    """Keep the history of this session, if that was asked for and this is no worker."""
    asked = config.getoption("torchcheck_history", default=None) or config.getini("torchcheck_history")
    if asked and not hasattr(config, "workerinput"):
        config.pluginmanager.register(History(config), _NAME)


class History:
    """Hears every report, and writes down those of watched tests."""

    def __init__(self, config: pytest.Config) -> None:
        from pytest_torchcheck.settings import session_settings
        from torchcheck.history.folder import runs_directory
        from torchcheck.history.recorder import Command, begin, trouble

        self._began = time.monotonic()
        self._findings: list[Finding] = []
        self._remarks: list[str] = []
        self._recorder: Recorder | None = None
        self._trouble: str | None = None
        command = Command("pytest", ["pytest", *map(str, config.invocation_params.args)])
        runs = runs_directory(session_settings(config).project)
        try:
            self._recorder = begin(runs.absolute(), command, directory=config.rootpath, who="main")
        except OSError as error:
            self._trouble = trouble(error)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, record.ATTRIBUTE):
            return
        findings, remarks = record.read(report)
        self._findings += findings
        self._remarks += [remark for remark in remarks if remark not in self._remarks]
        self._tell("test", {"name": report.nodeid, "outcome": report.outcome, "seconds": round(report.duration, 3)})
        for finding in findings:
            self._tell("finding", {**finding.to_json(), "test": report.nodeid})

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self._recorder is not None:
            from torchcheck.finding import merge
            from torchcheck.ranks.record import Record

            seconds = time.monotonic() - self._began
            ended = Record(None, findings=merge(self._findings), remarks=self._remarks, seconds=seconds)
            ended.status = int(exitstatus)
            self._recorder.end(ended)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._trouble is not None:
            terminalreporter.line(f"torchcheck: {self._trouble}")

    def _tell(self, kind: str, data: dict[str, object]) -> None:
        """A disk that is full is told of once, and fails no test."""
        if self._recorder is None:
            return
        try:
            self._recorder.tell(kind, data)
        except OSError as error:
            from torchcheck.history.recorder import trouble

            self._recorder.close()
            self._recorder, self._trouble = None, trouble(error)

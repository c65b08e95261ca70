"""The hooks around a test: watch it, judge what was found, and put it on the report.

A finding fails its test in the call phase. A failure raised later, in a fixture's teardown, would be an ERROR of a
test that PASSED.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck.asking import asks, forget, watch_from_here, watching_of

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Watch from before the fixtures. Not `tryfirst`: a test that is skipped by a mark must not import torch."""
    forget(item)
    if asks(item):
        watch_from_here(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    if watching_of(item) is not None:
        watch_from_here(item)  # open already, unless a plugin calls the test a second time
    try:
        result = yield
    except BaseException as error:
        _end(item, error)
        _fail_by_findings(item, error)
        raise
    swallowed = _swallowed_error(item)
    watching = _end(item, swallowed)
    if watching is not None and swallowed is None:
        from pytest_torchcheck.verdict import settle

        settle(item.config, watching)
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    _end(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.when == "setup" and call.excinfo is not None:
        _end(item, call.excinfo.value)
    watching = watching_of(item)
    if watching is None and call.excinfo is not None and hasattr(call.excinfo.value, "findings"):
        report = yield
        _tell_unwatched(item, call, report)
        return report
    if watching is None or not watching.closed or watching.told:  # a report of a subtest comes while it is open
        return (yield)
    from pytest_torchcheck.record import set_properties
    from pytest_torchcheck.tell import tell

    watching.told = True
    set_properties(item, watching.findings)
    report = yield
    tell(item, call, report, watching)
    return report


def _end(item: pytest.Item, error: BaseException | None = None) -> Watching | None:
    """End the watch over a test; it, or None if there was none."""
    watching = watching_of(item)
    if watching is not None:
        watching.close(None if isinstance(error, pytest.skip.Exception) else error)
    return watching


def _fail_by_findings(item: pytest.Item, error: BaseException) -> None:
    """Raise the FindingsError of a decorated test again, as one whose traceback is not shown."""
    if "torchcheck.errors" not in sys.modules:
        return
    from torchcheck.errors import FindingsError

    if isinstance(error, FindingsError) and not isinstance(error, pytest.fail.Exception):
        from pytest_torchcheck.verdict import failure_of

        raise failure_of(item, error).with_traceback(error.__traceback__) from None


def _tell_unwatched(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Put the findings of a decorated test, which the plugin does not watch, on its report."""
    from pytest_torchcheck.tell import tell_failure
    from pytest_torchcheck.verdict import Failed

    if call.excinfo is not None and isinstance(call.excinfo.value, Failed):
        tell_failure(item, report, call.excinfo.value)


def _swallowed_error(item: pytest.Item) -> BaseException | None:
    """How a `unittest.TestCase` failed or was skipped: pytest keeps that on the item and raises nothing."""
    kept = getattr(item, "_excinfo", None)
    return kept[0].value if kept else None

"""The start and the end of a session."""

from __future__ import annotations

import pytest

from pytest_torchcheck.asking import close_latest, has_torch
from pytest_torchcheck.history import register
from pytest_torchcheck.marker import marker_line
from pytest_torchcheck.options import has_flags, is_off, watches_every_test


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", marker_line())
    if not is_off(config) and (has_flags(config) or watches_every_test(config)):
        _check(config)
    if not is_off(config):
        register(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    if not watches_every_test(config):
        return None
    from pytest_torchcheck.settings import session_settings

    if not has_torch():
        return "torchcheck: torch is not installed, no test is watched"
    fail_on = session_settings(config).fail_on
    return f"torchcheck: every test is watched, {f'fails from level {fail_on.value}' if fail_on else 'none fails'}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    close_latest(session.config)


def _check(config: pytest.Config) -> None:
    """Say at once what is wrong with the settings of the session."""
    from pytest_torchcheck.settings import session_settings
    from torchcheck.errors import UsageError

    try:
        session_settings(config)
    except UsageError as error:
        raise pytest.UsageError(f"torchcheck: {error}") from None
    if config.getoption("torchcheck", default=None) and not has_torch():
        raise pytest.UsageError("--torchcheck watches torch, and torch is not installed in this environment")

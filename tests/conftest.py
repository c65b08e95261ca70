"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def _history_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs that tests start leave nothing in the project; tests of the history itself name a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHCHECK_HISTORY_DIR", str(tmp_path_factory.mktemp("history")))
        yield

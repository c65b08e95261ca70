"""Which tests are watched, and from when."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from pytest_torchcheck.marker import is_marked
from pytest_torchcheck.options import is_off, watches_every_test

if TYPE_CHECKING:
    from pytest_torchcheck.watching import Watching

_WATCHING = pytest.StashKey["Watching"]()
_LATEST = pytest.StashKey["Watching"]()


def asks(item: pytest.Item) -> bool:
    """Whether a test is to be watched without requesting the fixture."""
    if is_off(item.config):
        return False
    return is_marked(item) or (watches_every_test(item.config) and has_torch())


def has_torch() -> bool:
    """Whether torch is installed; does not import it."""
    try:
        return importlib.util.find_spec("torch") is not None
    except ValueError:
        return True  # a stand-in without a spec was put into sys.modules


def watching_of(item: pytest.Item) -> Watching | None:
    """The watch over a test, if there is or was one in this run of it."""
    return item.stash.get(_WATCHING, None)


def forget(item: pytest.Item) -> None:
    """Let go of the watch over a test: it is over, or runs anew."""
    watching = watching_of(item)
    if watching is not None:
        watching.close()
        del item.stash[_WATCHING]


def watch_from_here(item: pytest.Item) -> Watching | None:
    """The watch over a test, begun here unless it was before; None with `--no-torchcheck`.

    Fails the test with one line if the settings are wrong or torch is missing.
    """
    if is_off(item.config):
        return None
    wrong = _begin(item)
    if wrong is not None:
        pytest.fail(f"torchcheck: {wrong}", pytrace=False)
    return watching_of(item)


def close_latest(config: pytest.Config) -> None:
    """End the watch that an interrupted session left open."""
    if _LATEST in config.stash:
        config.stash[_LATEST].close()


def _begin(item: pytest.Item) -> str | None:
    """Open the watch over a test; what is wrong with the settings, if they are the reason that it can't."""
    from pytest_torchcheck.settings import settings_of
    from pytest_torchcheck.watching import Watching
    from torchcheck.errors import UsageError

    try:
        if watching_of(item) is None:
            item.stash[_WATCHING] = item.config.stash[_LATEST] = Watching(settings_of(item))
        item.stash[_WATCHING].open()
    except (UsageError, pytest.UsageError) as error:
        return str(error)
    return None

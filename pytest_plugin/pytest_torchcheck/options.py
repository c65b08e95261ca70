"""The flags and settings of the plugin.

What holds for a test comes from four places, the closest first:

1. `@pytest.mark.torchcheck(select=…, ignore=…, fail_on=…)`: on the test, then its class, then its module;
2. the flags `--torchcheck-select`, `--torchcheck-ignore`, `--torchcheck-fail-on`;
3. pytest's own configuration: `torchcheck_select`, `torchcheck_ignore`, `torchcheck_fail_on`;
4. `[tool.torchcheck]` of the project: `select`, `extend-select`, `ignore`, and the options of rules.

A closer `select` or `fail-on` replaces a farther one. A closer `ignore` adds to a farther one, and takes back what a
farther `select` chose; what a farther place ignores stays ignored until a closer `select` names it more closely.

Which tests are watched: none with `--no-torchcheck`, every one with `--torchcheck` or `torchcheck = true` in pytest's
configuration, otherwise those that ask by the marker or by the fixture. A marker with `ignore="ALL"` turns a test off.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pytest_torchcheck.wishes import FAIL_ON, Wishes, split_selectors

_SELECTORS = "codes (TCK201), prefixes (TCK2), rule names or ALL; comma-separated, may be repeated"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("torchcheck", "torchcheck: find the training bugs that don't crash")
    group.addoption(
        "--torchcheck",
        action="store_true",
        dest="torchcheck",
        default=None,
        help="Watch every test (ini: torchcheck).",
    )
    group.addoption(
        "--no-torchcheck",
        action="store_false",
        dest="torchcheck",
        default=None,
        help="Watch no test, not even those that ask for it.",
    )
    group.addoption(
        "--torchcheck-select",
        action="append",
        metavar="RULES",
        help=f"The rules that are on: {_SELECTORS} (ini: torchcheck_select).",
    )
    group.addoption(
        "--torchcheck-ignore",
        action="append",
        metavar="RULES",
        help=f"The rules that are off: {_SELECTORS} (ini: torchcheck_ignore).",
    )
    group.addoption(
        "--torchcheck-fail-on",
        choices=FAIL_ON,
        help="The level from which a finding fails its test: error (the default), warning, or never "
        "(ini: torchcheck_fail_on).",
    )
    group.addoption(
        "--torchcheck-history",
        action="store_true",
        default=None,
        help="Leave a folder with what was found in the history of runs (ini: torchcheck_history).",
    )
    parser.addini("torchcheck_history", "Keep what torchcheck finds in its history.", type="bool", default=False)
    parser.addini("torchcheck", "Watch every test with torchcheck.", type="bool", default=None)
    parser.addini("torchcheck_select", "The rules of torchcheck that are on.", type="args", default=None)
    parser.addini("torchcheck_ignore", "The rules of torchcheck that are off.", type="args", default=None)
    parser.addini("torchcheck_fail_on", "The level from which a finding of torchcheck fails its test.", default=None)


def watches_every_test(config: pytest.Config) -> bool:
    """Whether the flag, or else pytest's configuration, asks for every test."""
    flag = config.getoption("torchcheck", default=None)
    return bool(config.getini("torchcheck") if flag is None else flag)


def has_flags(config: pytest.Config) -> bool:
    """Whether any flag of torchcheck was given."""
    return flag_wishes(config) != Wishes() or config.getoption("torchcheck", default=None) is not None


def is_off(config: pytest.Config) -> bool:
    """Whether `--no-torchcheck` was given."""
    return config.getoption("torchcheck", default=None) is False


def flag_wishes(config: pytest.Config) -> Wishes:
    """What the flags ask for."""
    return Wishes(
        select=_selectors(config.getoption("torchcheck_select", default=None)),
        ignore=_selectors(config.getoption("torchcheck_ignore", default=None)) or (),
        fail_on=config.getoption("torchcheck_fail_on", default=None),
    )


def ini_wishes(config: pytest.Config) -> Wishes:
    """What pytest's configuration asks for."""
    return Wishes(
        select=_selectors(config.getini("torchcheck_select")),
        ignore=_selectors(config.getini("torchcheck_ignore")) or (),
        fail_on=_level(config.getini("torchcheck_fail_on")),
    )


def _selectors(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if given is None else split_selectors(given)


def _level(given: str | None) -> str | None:
    if given and given not in FAIL_ON:
        raise pytest.UsageError(f"torchcheck_fail_on is {given!r} in pytest's configuration; use {', '.join(FAIL_ON)}")
    return given or None

"""`@pytest.mark.torchcheck(select=…, ignore=…, fail_on=…)`."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Sequence

import pytest

from pytest_torchcheck.wishes import FAIL_ON, Wishes, split_selectors

NAME = "torchcheck"


def torchcheck(
    *, select: str | Sequence[str] | None = None, ignore: str | Sequence[str] = (), fail_on: str | None = None
) -> Wishes:
    """watch the test for training bugs. `select` and `ignore` take codes, prefixes or names of rules; `fail_on` is
    error, warning or never."""
    if fail_on is not None and fail_on not in FAIL_ON:
        raise TypeError(f"fail_on is {fail_on!r}; use {', '.join(FAIL_ON)}")
    return Wishes(None if select is None else _selectors("select", select), _selectors("ignore", ignore), fail_on)


_ARGUMENTS = tuple(inspect.signature(torchcheck).parameters)


def marker_line() -> str:
    """The line of `pytest --markers`, made from the signature above."""
    arguments = ", ".join(f"{name}=…" for name in _ARGUMENTS)
    return f"{NAME}({arguments}): {' '.join((torchcheck.__doc__ or '').split())}"


def is_marked(item: pytest.Item) -> bool:
    """Whether the test, its class or its module carries the marker."""
    return item.get_closest_marker(NAME) is not None


def marker_layers(item: pytest.Item) -> Iterator[Wishes]:
    """What the markers of a test ask for, the closest last.

    Raises:
        UsageError: an argument that the marker does not take.
    """
    for mark in reversed(list(item.iter_markers(NAME))):
        _check_arguments(mark)
        try:
            yield torchcheck(**mark.kwargs)
        except TypeError as error:
            raise pytest.UsageError(f"@pytest.mark.{NAME}: {error}") from None


def _check_arguments(mark: pytest.Mark) -> None:
    takes = f"it takes {', '.join(_ARGUMENTS[:-1])} and {_ARGUMENTS[-1]}"
    if mark.args:
        raise pytest.UsageError(f"@pytest.mark.{NAME} takes keywords only, not {mark.args[0]!r}; {takes}")
    for keyword in mark.kwargs:
        if keyword not in _ARGUMENTS:
            close = difflib.get_close_matches(keyword, _ARGUMENTS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else takes
            raise pytest.UsageError(f"@pytest.mark.{NAME} has no argument `{keyword}`; {hint}")


def _selectors(argument: str, given: str | Sequence[str]) -> tuple[str, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list | tuple | set | frozenset) or not all(isinstance(text, str) for text in texts):
        raise TypeError(f"{argument} is {given!r}; use a string or a list of strings")
    return split_selectors(texts)

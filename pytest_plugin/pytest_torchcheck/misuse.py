"""A wrong call of the fixture."""

from __future__ import annotations

import os

import pytest

from torchcheck.errors import UsageError


class Misused(pytest.fail.Exception, UsageError):  # type: ignore[name-defined,misc]
    """A UsageError that pytest shows as one line at the user's call, without a traceback."""

    __module__ = "builtins"  # pytest names the class with its module otherwise

    def __init__(self, text: str, filename: str, row: int) -> None:
        super().__init__(f"{os.path.relpath(filename)}:{row}: torchcheck: {text}", pytrace=False)  # type: ignore[call-arg]

"""Code that somebody wrote: a sample of all Python files that are installed beside torchcheck, torch and its company.

With `TORCHCHECK_EVERY_FILE=1` it is every file, which takes hours.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest

from tests.lint.test_fuzz import check
from torchcheck.textfile import SourceText

SAMPLE = 120
LARGEST = 150_000
"""Bytes: a few generated files would take most of the time."""


def _sample() -> list[Path]:
    root = Path(sysconfig.get_path("purelib"))
    files = sorted(path for path in root.rglob("*.py") if 0 < path.stat().st_size < LARGEST)
    return files if "TORCHCHECK_EVERY_FILE" in os.environ else files[:: max(1, len(files) // SAMPLE)]


@pytest.mark.slow
def test_what_is_installed_is_linted_and_fixed_without_a_mishap() -> None:
    """Every place that is named exists; what is fixed parses, and is fixed once and for all."""
    read = 0
    for path in _sample():
        try:
            text = SourceText.decode(path.read_bytes()).text
        except (SyntaxError, ValueError):  # a file that shows a wrong encoding
            continue
        check(Path("script.py"), text)
        read += 1
    assert read > SAMPLE // 2

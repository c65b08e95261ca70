"""`examples/test_examples.py`, the plugin as a user would use it, passes as it stands."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.examples.gallery import EXAMPLES


@pytest.mark.slow
def test_the_showcase_passes() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_examples.py"]
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout

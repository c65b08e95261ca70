"""One process that runs every program of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.programs.corpus import Runner


@pytest.fixture(scope="session")
def run_program() -> Iterator[Runner]:
    """Runs a script in a fresh process, with or without the probes."""
    if not hasattr(os, "fork"):
        pytest.skip("needs os.fork")
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    yield from serving()


def serving() -> Iterator[Runner]:
    """Start server.py; yield what asks it; end it."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert server.stdin is not None
    assert server.stdout is not None
    stdin, stdout = server.stdin, server.stdout

    def run(script: Path, *, probes: bool, select: Sequence[str] = ()) -> dict[str, Any]:
        print(json.dumps({"script": str(script), "probes": probes, "select": list(select)}), file=stdin, flush=True)
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    yield run
    stdin.close()
    server.wait(30)

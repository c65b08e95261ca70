"""A project to lint, and the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import ADAM, CLEAN, SOFTMAX, Lint


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with an error, a warning and a clean file."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("softmax.py", SOFTMAX), ("adam.py", ADAM), ("clean.py", CLEAN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Lint:
    return Lint(capsys)

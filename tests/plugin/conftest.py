"""A project to try the plugin in: its tests decide themselves what the probes find, and torch is not needed."""

from __future__ import annotations

from pathlib import Path

import pytest

import torchcheck.config
import torchcheck.report.text  # noqa: F401
from torchcheck.rules import all_rules

all_rules()  # loaded here: pytester unloads what a trial session imports, but pytest keeps the classes of filters
_PLANT = (Path(__file__).parent / "plant.py").read_text()


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder whose tests call `plant("TCK201")` to have a finding at the line of the call."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")  # its summary imports hypothesis: 0.8 s a run
    pytester.makeconftest(_PLANT)
    return pytester

"""The files of `examples/`, and how the tests load them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
MISTAKES = EXAMPLES / "mistakes"

TRAININGS = ("linear_regression", "linear_regression_by_hand", "mlp", "cnn", "transformer")
"""The correct training loops, in the order of the README."""


def load(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """An example as a module; its folder is on the path as it is when the file runs as a script."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return importlib.import_module(name)

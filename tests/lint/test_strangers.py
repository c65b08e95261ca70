"""Libraries that never import torch are not interpreted, whatever words they use."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.lint.engine import lint_files
from torchcheck.lint.result import LintResult
from torchcheck.selection import Selection

STEP = """
def fit(model, loader, optimizer, criterion):
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
"""


def lint(folder: Path) -> LintResult:
    return lint_files(sorted(folder.rglob("*.py")), Selection().rules())


def library(folder: Path, files: int, first: str = "") -> None:
    """Files that import one another in a row; the first holds a training step without `zero_grad`."""
    (folder / "part0.py").write_text(first + STEP)
    for number in range(1, files):
        (folder / f"part{number}.py").write_text(f"from part{number - 1} import *\n")


@pytest.mark.parametrize(
    ("files", "first", "expected"),
    [
        (30, "", []),
        (30, "import torch\n", ["TCK201"]),
        (30, "from lightning.fabric import Fabric\n", ["TCK201"]),
        (30, "from .pytorch import printer\n", []),
        (5, "", ["TCK201"]),
    ],
    ids=["a library without torch", "with torch", "with what is built on it", "with a module so called", "a few files"],
)
def test_a_library_without_torch_is_left_alone(tmp_path: Path, files: int, first: str, expected: list[str]) -> None:
    library(tmp_path, files, first)
    assert [finding.code for finding in lint(tmp_path).findings] == expected


def test_files_that_have_nothing_to_do_with_a_library_are_judged_beside_it(tmp_path: Path) -> None:
    library(tmp_path, 30)
    (tmp_path / "snippet.py").write_text(STEP)
    assert [Path(finding.filename).name for finding in lint(tmp_path).findings] == ["snippet.py"]

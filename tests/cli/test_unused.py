"""TCK001 as users meet it: which comments are told to silence nothing, and their fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, Lint

STALE = "  # torchcheck: ignore[TCK002]"
ORDER = "  # torchcheck: ignore[TCK219]"
"""TCK219 is found by reading alone, and hangs on what callers do."""


def write(project: Path, text: str, name: str = "clean.py") -> Path:
    (project / name).write_text(text, encoding="utf-8")
    return project / name


def test_the_comment_is_named_and_shown(project: Path, lint: Lint) -> None:
    write(project, f"import torch\n\nx = torch.zeros(3){STALE} it was Python 2\n")
    status, out, _ = lint("clean.py", "--output-format", "concise")
    assert status == 1
    assert out == (
        "clean.py:3:21: warning TCK001 [unused-suppression] `ignore` of `TCK002` silences nothing: "
        "this statement has no such finding.\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # torchcheck: ignore[TCK002]\n", "x = 1\n"),
        ("x = 1  # torchcheck: ignore[TCK002] a reason\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1  # torchcheck: ignore[TCK601, TCK002] why\n", "x = 1  # torchcheck: ignore[TCK601] why\n"),
        ("x = 1  # torchcheck: ignore[TCK002]  # noqa: E501\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # type: ignore  # torchcheck: ignore[TCK002] why\n", "x = 1  # type: ignore\n"),
        ("# torchcheck: ignore[TCK002]\nx = 1\n", "x = 1\n"),
        ("def f():\n    # torchcheck: ignore[TCK002]\n    x = 1\n", "def f():\n    x = 1\n"),
        ("x = 1\r\n# torchcheck: file-ignore[TCK002]\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        ("x = 1\n# torchcheck: ignore[TCK002]", "x = 1\n"),
        ("x = [\n    1,  # torchcheck: ignore[TCK002]\n]\n", "x = [\n    1,\n]\n"),
    ],
)
def test_its_fix_is_safe_and_takes_out_no_more(project: Path, lint: Lint, before: str, after: str) -> None:
    (project / "clean.py").write_bytes(before.encode())
    status, out, err = lint("clean.py", "--fix")
    assert (status, out) == (0, "")
    assert err.startswith("fixed 1 finding in 1 file: 1 TCK001\n")
    assert (project / "clean.py").read_bytes().decode() == after


def test_what_silences_something_stays(project: Path, lint: Lint) -> None:
    write(project, "x = (  # torchcheck: file-ignore[TCK002]\n")
    assert lint.codes("clean.py") == []
    write(project, ADAM.replace("0.01)", "0.01)  # torchcheck: ignore[TCK301]"))
    assert lint.codes("clean.py") == []


def test_rules_that_are_off_are_not_judged(project: Path, lint: Lint) -> None:
    write(project, f"x = 1{STALE}\n")
    assert lint.codes("clean.py", "--select", "TCK1") == []
    assert lint.codes("clean.py", "--ignore", "TCK002") == []
    assert lint.codes("clean.py", "--ignore", "TCK001") == []
    assert lint.codes("clean.py", "--select", "TCK001") == ["TCK001"]


def test_it_can_be_silenced_itself(project: Path, lint: Lint) -> None:
    write(project, "x = 1  # torchcheck: ignore[TCK001, TCK002]\n# torchcheck: ignore[TCK001,TCK002]\ny = 2\n")
    assert lint.codes("clean.py") == []


def test_in_a_file_that_can_not_be_read_nothing_is_known(project: Path, lint: Lint) -> None:
    write(project, f"x = 1{ORDER}\ny = (\n")
    assert lint.codes("clean.py") == ["TCK002"]


def test_a_function_may_be_called_by_a_file_that_is_not_linted(project: Path, lint: Lint) -> None:
    write(project, f"def step(optimizer):\n    optimizer.step(){ORDER}\n")
    assert lint.codes("clean.py") == []
    assert "TCK001" in lint.codes(".")
    write(project, f"x = 1{ORDER}\n")
    assert lint.codes("clean.py") == ["TCK001"]


def test_cells_of_a_notebook(project: Path, lint: Lint) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": [text]}
        for text in ("import torch", f"x = torch.zeros(3){STALE}")
    ]
    data = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    write(project, json.dumps(data), "book.ipynb")
    (finding,) = lint.findings("book.ipynb")
    assert (finding.code, finding.place.cell, finding.row) == ("TCK001", 2, 1)
    assert lint("book.ipynb", "--fix")[0] == 0
    assert json.loads((project / "book.ipynb").read_text())["cells"][1]["source"] == ["x = torch.zeros(3)"]


def test_a_part_of_a_project_may_be_called_by_the_rest(project: Path, lint: Lint) -> None:
    (project / "src").mkdir()
    write(project, f"def step(optimizer):\n    optimizer.step(){ORDER}\n", "src/part.py")
    assert lint.codes("src") == ["TCK001"]
    write(project, "", "pyproject.toml")
    assert lint.codes("src") == []
    assert "TCK001" in lint.codes(".")
    write(project, f"def step(optimizer):\n    optimizer.step(){STALE}\n", "src/part.py")
    assert lint.codes("src") == ["TCK001"]

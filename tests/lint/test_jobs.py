"""Work shared among processes gives what one process gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from torchcheck.cli.main import main
from torchcheck.lint import workers
from torchcheck.lint.engine import LintResult, lint_files
from torchcheck.rules import all_rules

MISTAKE = "import torch.nn.functional as F\n\ndef loss(x, y):\n    return F.cross_entropy(x.softmax(1), y)\n"


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    (tmp_path / "pyproject.toml").touch()
    for number in range(25):
        uses = f"from part{number + 1} import loss as other\n\ndef call(x, y):\n    return other(x, y)\n"
        (tmp_path / f"part{number}.py").write_text(MISTAKE + uses)
    (tmp_path / "part3.py").write_text("def f(:\n")
    return sorted(tmp_path.glob("*.py"))


def lint(paths: list[Path], jobs: int) -> LintResult:
    return lint_files(paths, [rule() for rule in all_rules()], jobs=jobs)


def test_any_number_of_processes_gives_the_same_in_the_same_order(paths: list[Path]) -> None:
    alone = lint(paths, 1)

    assert len(alone.findings) >= 25
    assert lint(paths, 2) == alone
    assert lint(paths, 3) == alone


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "import os; input(); input(); os.kill(os.getpid(), 9)"])
def test_processes_that_fail_lose_nothing(paths: list[Path], program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PROGRAM", program)

    assert lint(paths, 2) == lint(paths, 1)


def test_where_no_process_can_be_started_one_does_the_work(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(workers, "_started", fail)

    assert lint(paths, 2) == lint(paths, 1)


@pytest.mark.parametrize(("asked", "started"), [(["-j1"], 0), (["-j2"], 2), (["--jobs=64"], 3)])
def test_the_command_line_says_how_many_share_the_work(
    paths: list[Path],
    asked: list[str],
    started: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No more than have something to do."""
    processes = []

    def start(*told: Any) -> Any:
        processes.append(begin(*told))
        return processes[-1]

    begin = workers._started
    monkeypatch.setattr(workers, "_started", start)

    main(["lint", "--no-cache", "--output-format=concise", *asked, *map(str, paths)])

    assert len(processes) == started
    assert capsys.readouterr().out.count("TCK101") == 24

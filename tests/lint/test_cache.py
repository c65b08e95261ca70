"""Kept results: the same as without them, renewed when anything has changed that they depended on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from torchcheck.lint.engine import LintResult, lint_files
from torchcheck.rules import all_rules

SOFTMAX = "from torch import nn\n\ndef make():\n    return nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\n"
LOGITS = SOFTMAX.replace(", nn.Softmax(dim=1)", "")
TRAIN = """\
import torch.nn.functional as F
from models import make

model = make()

def loss(x, y):
    return F.cross_entropy(model(x), y)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "models.py").write_text(SOFTMAX)
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def lint(cache: Path | None = Path("kept"), *names: str) -> LintResult:
    paths = [Path(name) for name in names or ("train.py",)]
    return lint_files(paths, [rule() for rule in all_rules()], cache=cache)


def codes(*names: str) -> list[str]:
    return [finding.code for finding in lint(Path("kept"), *names).findings]


def test_nothing_changed_gives_the_same_result_without_any_work(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("models.py", "train.py")
    first = lint(Path("kept"), *names)
    monkeypatch.setattr("torchcheck.lint.engine._Linter", None)

    assert first.findings
    assert lint(Path("kept"), *names) == first


def test_one_file_changed_gives_what_no_cache_gives(root: Path) -> None:
    names = ("models.py", "train.py")
    lint(Path("kept"), *names)
    (root / "train.py").write_text(TRAIN + "\n\ndef more(x, y):\n    return F.cross_entropy(make()(x), y)\n")

    assert lint(Path("kept"), *names) == lint(None, *names)


def _change(root: Path) -> None:
    (root / "models.py").write_text(LOGITS)


def _delete(root: Path) -> None:
    (root / "models.py").unlink()


def _shadow(root: Path) -> None:
    (root / "models").mkdir()
    (root / "models.py").unlink()
    (root / "models" / "__init__.py").write_text(LOGITS)


@pytest.mark.parametrize("change", [_change, _delete, _shadow])
@pytest.mark.parametrize("names", [("train.py",), ("models.py", "train.py")])
def test_what_an_import_means_renews_the_findings(
    root: Path, names: tuple[str, ...], change: Callable[[Path], None]
) -> None:
    assert "TCK101" in codes(*names)
    change(root)

    assert "TCK101" not in codes(*(name for name in names if (root / name).exists()))


def test_a_file_that_was_not_there_renews_the_findings(root: Path) -> None:
    (root / "models.py").unlink()
    assert "TCK101" not in codes()
    (root / "models.py").write_text(SOFTMAX)

    assert "TCK101" in codes()


def test_the_settings_are_part_of_what_is_kept(root: Path) -> None:
    assert "TCK101" in codes()
    rules = [rule() for rule in all_rules() if rule.code != "TCK101"]

    assert "TCK101" not in [f.code for f in lint_files([Path("train.py")], rules, cache=Path("kept")).findings]


DAMAGE = {
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "garbage": lambda data: os.urandom(len(data)),
    "one bit": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "other JSON": lambda data: b"[1, 2]",
    "nested": lambda data: b"[" * 100_000,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_cache_only_costs_time(root: Path, damage: Callable[[bytes], bytes]) -> None:
    expected = lint(None)
    lint()
    for entry in Path("kept").glob("*.json"):
        entry.write_bytes(damage(entry.read_bytes()))

    assert lint() == expected
    assert lint() == expected


def test_a_cache_that_cannot_be_written_is_none(root: Path) -> None:
    Path("kept").write_text("a file")

    assert lint() == lint(None)


def test_the_folder_is_ignored_by_git_and_by_backups(root: Path) -> None:
    lint()

    assert (root / "kept" / ".gitignore").read_text() == "*\n"
    assert (root / "kept" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_linting_again_and_again_does_not_add_entries(root: Path) -> None:
    lint()
    before = len(list(Path("kept").iterdir()))
    for number in range(5):
        (root / "train.py").write_text(TRAIN + f"# {number}\n")
        lint()

    assert len(list(Path("kept").iterdir())) <= before + 1  # the stamp of the pruning


def test_what_was_understood_is_counted() -> None:
    source = """\
import torch.nn.functional as F

def f(x, y):
    a = F.cross_entropy(x, y)
    return F.cross_entropy(x.relu(), y) + a
"""
    path = Path("script.py")

    understood = lint_files([path], [rule() for rule in all_rules()], sources={path: source}).understood

    assert (understood.files, understood.losses, understood.judged, understood.unknown) == (1, 2, 1, 1)

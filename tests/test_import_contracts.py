"""What is imported when, seen in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "libcst", "numpy", "rich", "pytest", "pathspec", "argparse")
BAD = Path(__file__).parent.parent / "examples" / "mistakes" / "softmax_before_cross_entropy.py"


def imported_by(code: str, names: tuple[str, ...] = ("torch", "libcst")) -> set[str]:
    """Which of these top-level modules a piece of code leaves imported."""
    report = f"import sys; print('imported:', *sorted(set({names!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("imported:")[2].split())


@pytest.mark.parametrize("module", ["json", "libcst", "torch"])
def test_the_check_itself_can_fail(module: str) -> None:
    assert imported_by(f"import {module}", ("json", "libcst", "torch")) >= {module}


def test_the_package_imports_neither_torch_nor_libcst() -> None:
    assert imported_by("import torchcheck", HEAVY) == set()


def test_version_imports_nothing_heavy() -> None:
    assert imported_by("from torchcheck.cli.main import main; assert main(['--version']) == 0", HEAVY) == set()


@pytest.mark.parametrize(
    "options", [[], ["--output-format", "json"], ["--diff", "--unsafe-fixes"], ["--select", "ALL"]]
)
def test_lint_never_imports_torch_nor_what_it_lints(options: list[str]) -> None:
    words = ["lint", "--isolated", "--no-cache", *options, str(BAD)]
    names = ("torch", "numpy", "sklearn", "libcst")
    imported = imported_by(f"from torchcheck.cli.main import main; assert main({words!r}) == 1", names)
    assert imported == {"libcst"}


def test_lint_leaves_the_slow_parts_of_libcst_alone() -> None:
    code = f"from torchcheck.cli.main import main; assert main(['lint', '--isolated', '--no-cache', {str(BAD)!r}]) == 1"
    names = ("libcst.matchers", "libcst.codemod")
    assert imported_by(code, names) == set()


def test_rules_import_neither_torch_nor_libcst() -> None:
    assert imported_by("from torchcheck.rules import all_rules; assert all_rules()") == set()


def test_rule_pages_import_neither_torch_nor_libcst() -> None:
    assert imported_by("from torchcheck.cli.main import main; assert main(['rule', '--all']) == 0") == set()


@pytest.mark.slow
def test_the_probes_never_import_libcst() -> None:
    code = (
        "import importlib, pkgutil, torchcheck.probe as probe\n"
        "for module in pkgutil.walk_packages(probe.__path__, 'torchcheck.probe.'):\n"
        "    importlib.import_module(module.name)"
    )
    assert "libcst" not in imported_by(code)


@pytest.mark.slow
def test_a_watched_run_never_imports_libcst() -> None:
    code = (
        f"from torchcheck.cli.main import main; assert main(['run', '--isolated', '--steps', '9', {str(BAD)!r}]) == 1"
    )
    assert imported_by(code) == {"torch"}


def test_the_plugin_imports_neither_until_asked() -> None:
    assert imported_by("import pytest_torchcheck") == set()


def test_a_pytest_run_with_the_plugin_imports_neither(tmp_path: Path) -> None:
    (tmp_path / "test_empty.py").write_text("def test_empty():\n    pass\n", encoding="utf-8")
    code = f"import pytest; assert pytest.main(['-q', '-p', 'no:cacheprovider', {str(tmp_path)!r}]) == 0"
    assert imported_by(code) == set()

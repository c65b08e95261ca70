"""What is installed, and what pre-commit is told."""

from __future__ import annotations

import re
import shlex
from importlib import metadata, resources
from pathlib import Path

import pytest

import torchcheck
from torchcheck.cli.lint import build_parser

ROOT = Path(__file__).parent.parent.parent
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")


def test_the_version_is_that_of_the_package() -> None:
    assert metadata.version("pytest-torchcheck") == torchcheck.__version__


def test_torch_is_not_a_dependency_but_an_extra() -> None:
    requirements = metadata.requires("pytest-torchcheck") or []
    torch = [line for line in requirements if re.match(r"torch\b", line)]
    assert torch == ["torch>=2.4; extra == 'torch'"]


def test_the_command_and_the_plugin_are_registered() -> None:
    entries = {
        (entry.group, entry.name, entry.value) for entry in metadata.distribution("pytest-torchcheck").entry_points
    }
    assert entries == {
        ("console_scripts", "torchcheck", "torchcheck.cli.main:main"),
        ("pytest11", "torchcheck", "pytest_torchcheck"),
    }


@pytest.mark.parametrize("package", ["torchcheck", "pytest_torchcheck"])
def test_both_packages_are_typed(package: str) -> None:
    assert resources.files(package).joinpath("py.typed").is_file()


def test_the_license_is_named_and_there() -> None:
    assert metadata.metadata("pytest-torchcheck")["License-Expression"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_hooks_are_lint_and_lint_with_fixes() -> None:
    assert re.findall(r"^- id: (.+)$", HOOKS, re.MULTILINE) == ["torchcheck", "torchcheck-fix"]
    entries = [shlex.split(entry) for entry in re.findall(r"^  entry: (.+)$", HOOKS, re.MULTILINE)]
    options = [build_parser().parse_args([*words[2:], "a.py", "b.py"]) for words in entries]
    assert [words[:2] for words in entries] == [["torchcheck", "lint"]] * 2
    assert [(o.fix, o.force_exclude, o.paths) for o in options] == [
        (False, True, ["a.py", "b.py"]),
        (True, True, ["a.py", "b.py"]),
    ]


def test_the_changelog_speaks_of_this_version_or_of_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[(Unreleased|{re.escape(torchcheck.__version__)})\]", changelog, re.MULTILINE)

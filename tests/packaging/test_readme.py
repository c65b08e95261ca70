"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from torchcheck.config import load
from torchcheck.finding import Lens, Level
from torchcheck.rules import all_rules

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks in a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


EXAMPLE = next(block for block in blocks("python") if block.startswith("# train.py\n"))
SESSIONS = [block for block in blocks("console") if block.startswith("$ torchcheck ")]


@pytest.mark.slow
@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.splitlines()[0][2:])
def test_the_example_gives_the_output_that_is_shown(session: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(EXAMPLE, encoding="utf-8")
    command, _, shown = session.partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command.removeprefix("$ "))],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert settled(done.stdout) == settled(shown), f"\nthe README should say:\n{done.stdout}"


def settled(output: str) -> str:
    """Output without the numbers that differ from run to run and from machine to machine."""
    return re.sub(r"loss \d\.\d\d$", "loss N", re.sub(r"\d+\.\d s\b", "N s", output), flags=re.MULTILINE)


def rule_table() -> str:
    """The table of the rules, made from their files."""
    rows = ["| code | name | level | seen by | what it finds |", "|---|---|---|---|---|"]
    doors = {Lens.STATIC: "lint", Lens.RUNTIME: "run", Lens.EXAM: "preflight"}
    for rule in all_rules():
        level = f"{rule.level.value}, off" if rule.level is Level.INFO or rule.preview else rule.level.value
        seen = " ".join(doors[lens] for lens in rule.lenses())
        says = " ".join((rule.__doc__ or "").strip().split("\n\n")[0].split())
        rows.append(f"| {rule.code} | {rule.name} | {level} | {seen} | {says} |")
    return "\n".join(rows)


def test_the_table_of_rules_is_that_of_the_rule_files() -> None:
    shown = README.partition("<!-- rules -->\n")[2].partition("\n<!-- /rules -->")[0]
    assert shown == rule_table(), f"\nthe README should say:\n{rule_table()}"


def test_the_configuration_that_is_shown_is_valid(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    (tmp_path / "pyproject.toml").write_text(block, encoding="utf-8")
    settings = load(tmp_path)
    assert settings.ignore == ("TCK301",)
    assert settings.run.fail_on == "warning"


def test_the_example_stands_within_the_first_screen() -> None:
    assert README[: README.index("$ torchcheck lint")].count("\n") < 40


def test_the_files_that_are_linked_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []

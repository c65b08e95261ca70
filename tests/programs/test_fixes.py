"""What `torchcheck lint --fix --unsafe-fixes` makes of the bad programs: they still run, and their mistake is gone."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs.corpus import HERE, Program, Runner, bad_programs
from tests.programs.test_programs import check_status, lint, selected

FIXABLE = ("TCK101", "TCK102", "TCK104", "TCK201", "TCK202", "TCK301")
ACCUMULATES = ("accumulation_never_cleared", "meta_outer_loop")


@pytest.fixture(scope="session")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all bad programs after one run of the fixer."""
    copy = tmp_path_factory.mktemp("programs") / "bad"
    shutil.copytree(HERE / "bad", copy, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--isolated", "--no-cache", "--fix", "--unsafe-fixes", "--extend-select", "TCK102", "--exit-zero"]
    command = [sys.executable, "-m", "torchcheck", "lint", *options, str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return copy


def _moved(program: Program, copy: Path) -> Program:
    """The program as the fixer left it."""

    def new(path: Path) -> Path:
        return copy / path.relative_to(HERE / "bad")

    files = tuple(new(file) for file in program.files)
    return dataclasses.replace(program, root=new(program.root), script=new(program.script), files=files)


def _text(program: Program) -> list[str]:
    return [file.read_text("utf-8") for file in program.files]


@pytest.mark.slow
@pytest.mark.parametrize("code", FIXABLE)
def test_a_fixed_program_runs_and_is_clean(code: str, fixed: Path, run_program: Runner) -> None:
    pairs = [(program, _moved(program, fixed)) for program in bad_programs() if code in selected(program)]
    changed = [new for old, new in pairs if _text(old) != _text(new)]
    trouble = {new.script.relative_to(fixed).as_posix(): _trouble(new, code, run_program) for new in changed}
    assert changed
    assert not {name: what for name, what in trouble.items() if what}


def _trouble(program: Program, code: str, run: Runner) -> list[str]:
    """What is wrong with a fixed program; what the linter still says had no fix."""
    answer = run(program.script, probes=True, select=[code])
    try:
        check_status(program, answer)
    except AssertionError as error:
        return [str(error)[-300:]]
    left = {(said.code, said.path, said.row) for said in lint(program, [code])}
    seen = {
        (f["code"], Path(f["filename"]), f["location"]["row"]) for f in answer["findings"] if f["severity"] != "info"
    }
    return [f"{code} {path}:{row}" for code, path, row in sorted(seen - left)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ACCUMULATES)
def test_clearing_does_not_undo_an_accumulation(name: str, fixed: Path) -> None:
    lines = (fixed / "TCK201" / f"{name}.py").read_text("utf-8").splitlines()
    backward = next(i for i, line in enumerate(lines) if "expect: TCK201" in line)
    clearing = [i for i, line in enumerate(lines) if "zero_grad()" in line and "inner" not in line]
    depth = [len(line) - len(line.lstrip()) for line in lines]
    assert all(depth[i] < depth[backward] or i > backward for i in clearing), lines

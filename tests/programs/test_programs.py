"""Reach and silence: programs as users write them, under both lenses.

Every bad program has one mistake, and every lens that can see it must find it on the marked line and say nothing else;
every good program looks wrong and must pass both lenses in silence.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.programs.corpus import LENSES, Mark, Program, Runner, bad_programs, good_programs
from torchcheck.rules import find_rule
from torchcheck.selection import Selection

BAD, GOOD = bad_programs(), good_programs()
COVERED = (
    *("TCK101", "TCK102", "TCK103", "TCK104", "TCK105", "TCK106", "TCK108", "TCK201", "TCK202", "TCK203", "TCK301"),
    *("TCK401", "TCK402", "TCK403", "TCK404", "TCK601", "TCK602", "TCK607", "TCK613"),
)


@dataclass(frozen=True)
class Said:
    """A finding, as far as these tests care."""

    code: str
    path: Path
    row: int
    level: str
    message: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.row}: {self.code} ({self.level}) {self.message}"

    def meets(self, mark: Mark) -> bool:
        """Whether this is the marked mistake; a mark without a place is met anywhere in the program."""
        return self.code == mark.code and (mark.row is None or (self.path, self.row) == (mark.path, mark.row))


def wanted(program: Program, lens: str) -> list[Mark]:
    """The marks that this lens has to find."""
    return [mark for mark in program.marks if lens in mark.lenses and lens in _lenses(mark.code)]


@functools.cache
def _lenses(code: str) -> frozenset[str]:
    rule = find_rule(code)
    assert rule is not None, f"no rule {code}"
    return frozenset(lens.value for lens in rule.lenses())


def lint(program: Program, select: Iterable[str] = ()) -> list[Said]:
    from torchcheck.lint.engine import lint_files

    result = lint_files(list(program.files), Selection(extend_select=tuple(select)).rules())
    assert not result.broken, f"broken: {result.broken}"
    return _said([finding.to_json() for finding in result.findings], program)


def probe(program: Program, run: Runner, select: Iterable[str] = ()) -> list[Said]:
    answer = run(program.script, probes=True, select=list(select))
    check_status(program, answer)
    broken = [remark for remark in answer["remarks"] if " broke and was switched off" in remark]
    assert not broken, f"broken: {broken}"
    return _said(answer["findings"], program)


def _said(findings: Sequence[dict[str, Any]], program: Program) -> list[Said]:
    said = [
        Said(f["code"], Path(f["filename"]).resolve(), f["location"]["row"], f["severity"], f["message"])
        for f in findings
    ]
    strangers = [str(s) for s in said if s.path not in program.files]
    assert not strangers, f"outside of the program: {strangers}"
    return said


def check_status(program: Program, answer: dict[str, Any]) -> None:
    """A program ends well, or fails as its user knows it."""
    assert (answer["status"] != 0) == program.crashes, f"status {answer['status']}: {answer['output']}"


def check_bad(program: Program, lens: str, said: list[Said]) -> None:
    missed = [f"{m.code} at {m.row or 'any line'}" for m in wanted(program, lens) if not any(s.meets(m) for s in said)]
    others = [s for s in said if not any(s.meets(m) for m in program.marks) and s.code not in program.also]
    accused = [str(s) for s in others if s.level != "info"]
    assert [missed, accused] == [[], []], f"missed {missed}, accused {accused}"


def check_good(said: list[Said]) -> None:
    accused = [str(s) for s in said if s.level != "info"]
    assert not accused, f"accused {accused}"


def selected(program: Program) -> set[str]:
    return {mark.code for mark in program.marks}


def named(programs: Iterable[Program]) -> list[Any]:
    return [pytest.param(program, id=program.name) for program in programs]


@pytest.mark.parametrize("program", named(BAD))
def test_the_linter_finds_the_mistake_and_nothing_else(program: Program) -> None:
    check_bad(program, "static", lint(program, selected(program)))


@pytest.mark.parametrize("program", named(BAD))
def test_the_probes_find_the_mistake_and_nothing_else(program: Program, run_program: Runner) -> None:
    check_bad(program, "runtime", probe(program, run_program, selected(program)))


@pytest.mark.parametrize("program", named(GOOD))
def test_the_linter_is_silent(program: Program) -> None:
    check_good(lint(program))


@pytest.mark.parametrize("program", named(GOOD))
def test_the_probes_are_silent(program: Program, run_program: Runner) -> None:
    check_good(probe(program, run_program))


@pytest.mark.slow
@pytest.mark.parametrize("program", named(BAD + GOOD))
def test_the_program_runs_by_itself(program: Program, run_program: Runner) -> None:
    answer = run_program(program.script, probes=False)
    check_status(program, answer)


def test_every_rule_has_six_spellings() -> None:
    counts = Counter(code for program in BAD for code in selected(program))
    assert {code: n for code in COVERED if (n := counts[code]) < 6} == {}


def test_every_bad_program_has_one_mistake_that_a_lens_can_see() -> None:
    unsound = [p.name for p in BAD if len(selected(p)) != 1 or not any(wanted(p, lens) for lens in LENSES)]
    assert not unsound


def test_every_good_program_says_why_it_is_right() -> None:
    assert len(GOOD) >= 45
    assert [p.name for p in GOOD if not p.why.startswith("Right")] == []

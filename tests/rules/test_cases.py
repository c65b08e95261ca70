"""Spellings of each mistake as users write them, and code that looks like it: linted, rule by rule.

A file `cases/tck213.py` holds `BAD` and `GOOD`: source texts by an id, which for `GOOD` is the reason why it is right.
A line that must be accused ends with `# <-`. A line `# === name.py` begins another file of the same project.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules import cases
from torchcheck.finding import Finding, Level
from torchcheck.fixing import Texts, fix_all
from torchcheck.lint.engine import lint_files
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule
from torchcheck.selection import Selection

_FILE = re.compile(r"^# === (\S+)\n", re.MULTILINE)
_BY_CODE = {rule.code.lower(): rule for rule in all_rules()}


def _modules() -> Iterator[tuple[type[Rule], object]]:
    for module in pkgutil.iter_modules(cases.__path__):
        yield _BY_CODE[module.name], importlib.import_module(f"{cases.__name__}.{module.name}")


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, text, id=f"{rule.code}-{name}")
        for rule, module in _modules()
        for name, text in getattr(module, kind).items()
    ]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _files(text: str) -> dict[Path, str]:
    head, *rest = _FILE.split(text)
    files = {Path("script.py"): head} if head.strip() else {}
    return files | {Path(name): source for name, source in zip(rest[::2], rest[1::2], strict=True)}


def _lint(files: dict[Path, str], rules: list[Rule]) -> list[Finding]:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = lint_files(list(files), rules)
    assert not result.broken, result.broken
    return result.findings


def _lint_for(rule: type[Rule], files: dict[Path, str]) -> list[Finding]:
    """What a rule says; one that judges what the others silenced needs the others."""
    beside = Selection().rules() if "suppression" in rule.facts() else [rule()]
    return [finding for finding in _lint(files, beside) if finding.code == rule.code]


@pytest.mark.parametrize(("rule", "text"), _cases("BAD"))
def test_the_marked_lines_and_no_others_are_accused(rule: type[Rule], text: str) -> None:
    files = _files(text)
    marked = [
        f"{path}:{row}"
        for path, source in files.items()
        for row, line in enumerate(source.split("\n"), start=1)
        if line.rstrip().endswith("# <-")
    ]
    assert marked, "no line of the case is marked with `# <-`"
    found = _lint_for(rule, files)
    assert sorted({f"{f.filename}:{f.row}" for f in found}) == sorted(marked)


@pytest.mark.parametrize(("rule", "text"), _cases("GOOD"))
def test_what_is_right_is_not_accused(rule: type[Rule], text: str) -> None:
    files = _files(text)
    alarms = _lint(files, Selection().rules())
    assert [f"{f.code} {f.place} {f.message}" for f in alarms if f.level.reaches(Level.WARNING)] == []
    assert _lint(files, [rule()]) == []


@pytest.mark.parametrize(("rule", "text"), _cases("BAD"))
def test_a_fix_mends_the_mistake_and_nothing_is_left_to_fix(rule: type[Rule], text: str) -> None:
    files = _files(text)
    found = _lint_for(rule, files)
    fixable = [f for f in found if f.fix is not None]
    if not fixable:
        pytest.skip("no fix is offered")

    def again(texts: Texts) -> list[Finding]:
        return _lint_for(rule, files | {Path(name): source for name, source in texts.items()})

    fixed = fix_all(found, lambda name: files[Path(name)], again, unsafe=True)
    assert not fixed.refused
    assert fixed.texts
    assert not [f for f in fixed.findings if f.fix is not None]
    assert len(fixed.findings) == len(found) - len(fixable)


@pytest.mark.parametrize(("rule", "module"), [pytest.param(r, m, id=r.code) for r, m in _modules()])
def test_there_are_as_many_near_misses_as_mistakes(rule: type[Rule], module: object) -> None:
    assert len(module.BAD) >= 8  # type: ignore[attr-defined]
    assert len(module.GOOD) >= 8  # type: ignore[attr-defined]

"""Every mistake of the gallery is found by the lenses that claim it, and is the only thing that is found."""

from __future__ import annotations

import ast
import runpy
import warnings
from pathlib import Path

import pytest

from tests.examples.gallery import MISTAKES
from tests.lenses import lint, run
from torchcheck.finding import Lens
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule

NUMBERS = (101, 102, 103, 104, 105, 106, 108, 201, 202, 203, 301, 401, 402, 403, 404, 601, 602, 607, 613)
CODES = [f"TCK{number}" for number in NUMBERS]

RULES = [rule for rule in all_rules() if rule.code in CODES]
STOPPED_BY_TORCH = {"TCK105", "TCK401", "TCK402"}


def script_of(rule: type[Rule]) -> Path:
    """The script is named like its rule."""
    return MISTAKES / f"{rule.name.replace('-', '_')}.py"


def claimed_by(lens: Lens) -> list[object]:
    return [pytest.param(rule, id=rule.code) for rule in RULES if lens in rule.lenses()]


def test_each_rule_has_its_script_and_each_script_its_rule() -> None:
    assert [rule.code for rule in RULES] == CODES
    assert {script_of(rule) for rule in RULES} == set(MISTAKES.glob("*.py"))


@pytest.mark.parametrize("path", sorted(MISTAKES.glob("*.py")), ids=lambda path: path.stem)
def test_the_first_line_says_what_is_wrong_and_the_script_is_short(path: Path) -> None:
    text = path.read_text()
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring is not None
    assert docstring.endswith(".")
    assert len(docstring.splitlines()) == 1
    assert 20 <= len(text.splitlines()) <= 60


@pytest.mark.parametrize("rule", claimed_by(Lens.STATIC))
def test_the_linter_finds_the_mistake_and_nothing_else(rule: type[Rule]) -> None:
    assert lint(script_of(rule), select=["ALL"]).codes == {rule.code}


@pytest.mark.slow
@pytest.mark.parametrize("rule", claimed_by(Lens.RUNTIME))
def test_the_probes_find_the_mistake_and_nothing_else(rule: type[Rule]) -> None:
    assert run(script_of(rule), select=["ALL"]).codes == {rule.code}


@pytest.mark.parametrize("path", sorted(MISTAKES.glob("*.py")), ids=lambda path: path.stem)
def test_the_linter_takes_the_gallery_for_one_mistake_a_file(path: Path) -> None:
    others = {rule.code for rule in RULES if script_of(rule) != path}
    assert not lint(path).codes & others


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_only_the_mistakes_that_torch_knows_stop_the_script(rule: type[Rule]) -> None:
    script = str(script_of(rule))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of the broadcast
        if rule.code in STOPPED_BY_TORCH:
            with pytest.raises(RuntimeError):
                runpy.run_path(script, run_name="__main__")
        else:
            runpy.run_path(script, run_name="__main__")

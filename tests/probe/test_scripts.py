"""Scripts with a mistake, and scripts that look like it, run under the probes as their users would run them.

A file `scripts/tck505.py` holds `BAD` and `GOOD`: source texts by an id, which for `GOOD` is the reason why it is
right. The line that must be accused ends with `# <-`; nothing else may be said, whatever rule says it, but for what the
mistake leads to and `# also: TCK606` names.
"""

from __future__ import annotations

import importlib
import linecache
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.probe import scripts
from tests.probe.watched import watched
from torchcheck.finding import Finding, Level
from torchcheck.rules import all_rules

_CODES = {rule.code.lower(): rule.code for rule in all_rules()}


def _modules() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(scripts.__path__):
        yield _CODES[module.name], importlib.import_module(f"{scripts.__name__}.{module.name}")


def _scripts(kind: str) -> list[object]:
    return [
        pytest.param(code, text, id=f"{code}-{name}")
        for code, module in _modules()
        for name, text in getattr(module, kind).items()
    ]


def run(text: str, folder: Path) -> list[Finding]:
    """Errors and warnings of a script, which must end without an exception."""
    path = folder / "train.py"
    path.write_text(text, encoding="utf-8")
    linecache.checkcache(str(path))
    code = compile(text, str(path), "exec")
    raised: list[Exception] = []

    def train() -> None:
        try:
            exec(code, {"__name__": "__main__", "__file__": str(path)})
        except Exception as error:
            raised.append(error)
            raise

    findings = watched(train)
    if raised and "# crashes" not in text:
        raise raised[0]
    return [finding for finding in findings if finding.level.reaches(Level.WARNING)]


@pytest.mark.parametrize(("code", "text"), _scripts("BAD"))
def test_the_mistake_is_found_in_its_line(code: str, text: str, tmp_path: Path) -> None:
    marked = {row for row, line in enumerate(text.split("\n"), start=1) if line.rstrip().endswith("# <-")}
    assert marked, "no line of the script is marked with `# <-`"
    led_to = {code for codes in re.findall("# also: (.*)", text) for code in codes.split()}
    said = [finding for finding in run(text, tmp_path) if finding.code not in led_to]
    assert {(f.code, f.row) for f in said} == {(code, row) for row in marked}, [f"{f.code} {f.message}" for f in said]


@pytest.mark.parametrize(("code", "text"), _scripts("GOOD"))
def test_what_is_right_is_not_accused(code: str, text: str, tmp_path: Path) -> None:
    assert [f"{f.code} {f.row}: {f.message}" for f in run(text, tmp_path)] == []


@pytest.mark.parametrize(("code", "module"), list(_modules()))
def test_there_are_as_many_near_misses_as_mistakes(code: str, module: object) -> None:
    assert len(module.BAD) >= 4  # type: ignore[attr-defined]
    assert len(module.GOOD) >= 4  # type: ignore[attr-defined]

"""Programs that nobody would write: real ones with tokens and lines lost, doubled and swapped, and generated ones.

No input stops the linter, every finding has a place that exists, and a fix leaves a file that can be read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import hypothesmith
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torchcheck.finding import Finding
from torchcheck.fixing import fix_all
from torchcheck.lint.engine import lint_files
from torchcheck.report.source import sources, split_rows
from torchcheck.rules import all_rules

ROOT = Path(__file__).parents[2]
RULES = [rule() for rule in all_rules()]
TEXTS = [text for rule in RULES for text in (*rule.bad, *rule.good)]
TEXTS += [p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests" / "programs").rglob("*.py"))]
ODD = [
    "\0",
    "\ufeff",
    "\x0c",
    "\r",
    "\u2028",
    "(",
    ")",
    "'",
    '"""',
    "\\",
    "\ud83d",
    "é",
    "\t",
    "\n",
    "%",
    "!ls\n",
    ">>> ",
]
PARTS: list[Callable[[str], list[str]]] = [
    lambda text: re.findall(r"\w+|\s+|[^\w\s]", text),
    lambda text: text.splitlines(keepends=True),
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A program with a few of its tokens or lines lost, doubled, swapped, or replaced by odd characters."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        parts = draw(st.sampled_from(PARTS))(text)
        if not parts:
            break
        i, j = draw(st.integers(0, len(parts) - 1)), draw(st.integers(0, len(parts) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                del parts[i]
            case 1:
                parts.insert(i, parts[j])
            case 2:
                parts[i], parts[j] = parts[j], parts[i]
            case 3:
                parts.insert(i, draw(st.sampled_from(ODD)))
            case 4:
                del parts[min(i, j) : max(i, j)]
        text = "".join(parts)
    return text


def module(text: str) -> tuple[Path, str]:
    return Path("script.py"), text


def indented(text: str) -> tuple[Path, str]:
    return Path("script.py"), "".join(f"    {line}" for line in text.splitlines(keepends=True))


def session(text: str) -> tuple[Path, str]:
    lines = text.splitlines(keepends=True)
    return Path("script.py"), "".join(f"{'...' if line.startswith(' ') else '>>>'} {line}" for line in lines)


def notebook(text: str) -> tuple[Path, str]:
    """A cell for each paragraph."""
    cells = [{"cell_type": "code", "source": part.splitlines(keepends=True)} for part in text.split("\n\n")]
    return Path("page.ipynb"), json.dumps({"cells": cells, "metadata": {}}, indent=1)


def page(text: str) -> tuple[Path, str]:
    return Path("page.md"), f"# Page\n\n```python\n{text}\n```\n"


DOCUMENTS = [module, indented, session, notebook, page]


def lint(path: Path, text: str) -> list[Finding]:
    result = lint_files([path], RULES, sources={path: text})
    assert not result.broken, result.broken
    return result.findings


def assert_places_exist(path: Path, text: str, findings: list[Finding]) -> None:
    parts = sources(str(path), text)
    for finding in findings:
        place = finding.place
        rows = split_rows(parts[place.cell])
        (first, start), (last, end) = place.start, place.end
        assert 1 <= first <= last <= len(rows), finding
        assert 1 <= start <= len(rows[first - 1]) + 1, finding
        assert 1 <= end <= len(rows[last - 1]) + 1, finding
        marked = rows[first - 1][start - 1 : end - 1] if first == last else rows[first - 1][start - 1 :]
        assert marked.strip() or finding.code == "TCK002", finding


def check(path: Path, text: str) -> None:
    findings = lint(path, text)
    assert_places_exist(path, text, findings)

    def again(texts: object) -> list[Finding]:
        return lint(path, dict(texts).get(str(path), text))  # type: ignore[call-overload]

    fixed = fix_all(findings, lambda name: text, again, unsafe=True)
    assert not fixed.refused, fixed.refused


QUICK = settings(
    deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, max_examples=60, database=None
)
LONG = settings(QUICK, max_examples=300, derandomize="TORCHCHECK_FUZZ" not in os.environ, print_blob=True)
"""The same examples each time, so that what breaks a test is a change; new ones with `TORCHCHECK_FUZZ=1`."""


@QUICK
@given(mutated(), st.sampled_from(DOCUMENTS))
def test_broken_programs(text: str, document: Callable[[str], tuple[Path, str]]) -> None:
    check(*document(text))


@pytest.mark.slow
@LONG
@given(mutated(), st.sampled_from(DOCUMENTS))
def test_many_broken_programs(text: str, document: Callable[[str], tuple[Path, str]]) -> None:
    check(*document(text))


MISTAKE = "import torch.nn.functional as F\nF.cross_entropy(x.softmax(1), y)\n"


@pytest.mark.slow
@settings(LONG, max_examples=60)
@given(st.one_of(hypothesmith.from_node(), hypothesmith.from_grammar()))
def test_everything_that_the_grammar_allows(text: str) -> None:
    check(Path("script.py"), f"{MISTAKE}{text}\nloss.backward()\noptimizer.step()\n")


@QUICK
@given(st.binary() | st.text())
def test_bytes_and_texts_of_all_kinds(data: bytes | str) -> None:
    for name in ("script.py", "page.ipynb", "page.md"):
        result = lint_files([Path(name)], RULES, sources={Path(name): data})
        assert not result.broken
        assert len(result.findings) <= 1

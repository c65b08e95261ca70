"""The evening of the documentation is what comes out now."""

from __future__ import annotations

import html
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"


def the_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evening", DOCS / "evening" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["evening"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


MAKE = the_script()
SHOWN = MAKE.shown(MAKE.PAGE.read_text(encoding="utf-8"))
PICTURES = [scene.name for scene in MAKE.SCENES if scene.pictured]


@pytest.mark.slow
def test_the_page_shows_what_the_commands_print_now(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    pytest.importorskip("plotly")
    played = MAKE.play(tmp_path.resolve())
    for name, output in played.items():
        assert MAKE.lasting(MAKE.plain(output)) == MAKE.lasting(SHOWN[name]), name


def test_the_page_shows_the_script_and_its_changes() -> None:
    assert {name: SHOWN[name] for name in MAKE.sources()} == MAKE.sources()
    assert set(SHOWN) == {*MAKE.sources(), *(scene.name for scene in MAKE.SCENES)}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_the_words_of_the_page(name: str) -> None:
    path = DOCS / "evening" / f"{name}.svg"
    svg = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 150_000
    assert "http" not in svg.replace("http://www.w3.org", "").replace("https://www.textualize.io", "")
    text = html.unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))).replace("\xa0", " ")
    words = set(re.findall(r"[a-zA-Z]{4,}|TCK\d+", SHOWN[name]))
    assert words - set(re.findall(r"[a-zA-Z]{4,}|TCK\d+", text)) == set()


def test_a_page_without_a_made_block_is_refused() -> None:
    with pytest.raises(KeyError):
        MAKE.filled("<!-- evening: unknown -->\n```text\n```", {})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("epoch  1: loss 2.355, accuracy 9.9%", "epoch  1: loss 2.41, accuracy 10.2%", True),
        ("2 findings in 228 steps, 9.8 s", "2 findings in 228 steps, 12.1 s", True),
        ("run 20261122-005950-af6a", "run 20270101-115950-0000", True),
        ("val_loss  █▆▄▃  falls in the second half (p < 0.001)", "val_loss  ▁▂  no trend in the second half", True),
        ("a long line that\n   is wrapped", "a long line\n   that is wrapped", True),
        ("train.py:67:17: warning TCK602", "train.py:68:17: warning TCK602", False),
        ("train.py:67:17: warning TCK602", "train.py:67:17: warning TCK601", False),
        ("67 |  optimizer.step()", "66 |  optimizer.step()", False),
        ("the loss does not fall", "the loss falls", False),
        ("✓ passed      samples apart", "✗ failed      samples apart", False),
    ],
)
def test_what_is_compared(one: str, other: str, same: bool) -> None:
    assert (MAKE.lasting(one) == MAKE.lasting(other)) is same

"""Edits are applied to texts, whole fixes at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from torchcheck.finding import Edit, Finding, Fix, Lens, Level, Position, Span
from torchcheck.fixing import MAX_ROUNDS, apply, fix_all, parses_like, unified_diff
from torchcheck.textfile import SourceText, write_atomically


def edit(row: int, start: int, end: int, content: str, end_row: int | None = None) -> Edit:
    return Edit(Position(row, start), Position(end_row or row, end), content)


def finding(*edits: Edit, safe: bool = True, code: str = "TCK301", row: int = 1) -> Finding:
    place = Span("train.py", Position(row, 1), Position(row, 2))
    fix = Fix("mend it", edits, safe=safe)
    return Finding(code, "a-rule", Level.WARNING, "message", "why", "help", place, Lens.STATIC, fix=fix)


def applied(text: str, *findings: Finding) -> str:
    return apply(text, findings)[0]


def test_replace_insert_and_delete() -> None:
    text = "opt = Adam(x)\nstep()\n"
    assert applied(text, finding(edit(1, 7, 11, "AdamW"))) == "opt = AdamW(x)\nstep()\n"
    assert applied(text, finding(edit(2, 1, 1, "clear()\n"))) == "opt = Adam(x)\nclear()\nstep()\n"
    assert applied(text, finding(edit(2, 1, 1, "", end_row=3))) == "opt = Adam(x)\n"


def test_columns_count_characters() -> None:
    assert applied("é = '模型'; a = 1\n", finding(edit(1, 15, 16, "2"))) == "é = '模型'; a = 2\n"


def test_edits_take_the_line_end_of_the_file() -> None:
    assert applied("a\r\nb\r\n", finding(edit(2, 1, 1, "x\n"))) == "a\r\nx\r\nb\r\n"


def test_a_form_feed_ends_no_row() -> None:
    assert applied("a\x0cb\nc\n", finding(edit(2, 1, 2, "C"))) == "a\x0cb\nC\n"


def test_of_two_that_overlap_the_first_is_applied() -> None:
    text, codes = apply("abcdef\n", [finding(edit(1, 3, 6, "Y"), code="B1"), finding(edit(1, 1, 4, "X"), code="A1")])
    assert (text, codes) == ("Xdef\n", ["A1"])


def test_a_fix_is_applied_as_a_whole_or_not_at_all() -> None:
    both = finding(edit(1, 5, 6, "Y"), edit(1, 2, 3, "Z"), code="B1")
    text, codes = apply("abcdef\n", [finding(edit(1, 1, 4, "X"), code="A1"), both])
    assert (text, codes) == ("Xdef\n", ["A1"])


def test_an_edit_that_two_findings_share_is_applied_once() -> None:
    same = edit(1, 1, 1, "clear()\n")
    text, codes = apply("step()\n", [finding(same, code="A1"), finding(same, code="B1")])
    assert (text, codes) == ("clear()\nstep()\n", ["A1", "B1"])


def test_two_different_insertions_at_one_place_collide() -> None:
    text, codes = apply("x\n", [finding(edit(1, 1, 1, "a"), code="A1"), finding(edit(1, 1, 1, "b"), code="B1")])
    assert (text, codes) == ("ax\n", ["A1"])


@pytest.mark.parametrize("bad", [edit(9, 1, 2, ""), edit(1, 40, 41, ""), edit(1, 0, 1, ""), edit(1, 3, 2, "")])
def test_an_edit_outside_of_the_text_is_left_out(bad: Edit) -> None:
    assert apply("abc\n", [finding(bad)]) == ("abc\n", [])


class Linter:
    """A linter whose one rule says that `old` should be `new`, a finding a word."""

    def __init__(self, text: str, replacement: str = "new", safe: bool = True) -> None:
        self.text, self.replacement, self.safe, self.runs = text, replacement, safe, 0

    def __call__(self, texts: Mapping[str, str]) -> list[Finding]:
        self.runs += 1
        rows = texts.get("train.py", self.text).split("\n")
        return [
            finding(edit(row, line.index("old") + 1, line.index("old") + 4, self.replacement), safe=self.safe, row=row)
            for row, line in enumerate(rows, start=1)
            if "old" in line
        ]

    def fix(self, unsafe: bool = False):  # type: ignore[no-untyped-def]
        return fix_all(self({}), lambda _: self.text, self, unsafe=unsafe)


def test_fixes_are_applied_until_none_is_left() -> None:
    linter = Linter("old = old + 1\nold = 2\n")
    fixed = linter.fix()
    assert fixed.texts == {"train.py": "new = new + 1\nnew = 2\n"}
    assert fixed.findings == []
    assert fixed.applied["train.py"] == {"TCK301": 3}


def test_unsafe_fixes_wait_for_permission() -> None:
    linter = Linter("old = 1\n", safe=False)
    assert linter.fix().texts == {}
    assert len(linter.fix().findings) == 1
    assert linter.fix(unsafe=True).texts == {"train.py": "new = 1\n"}


def test_a_fix_that_breaks_the_file_is_refused() -> None:
    fixed = Linter("old = 1\n", replacement="1 +").fix()
    assert fixed.texts == {}
    assert fixed.applied == {}
    assert fixed.refused == {"train.py": "the fixed text would not be valid Python"}
    assert len(fixed.findings) == 1


def test_a_fix_that_does_not_settle_is_taken_back() -> None:
    linter = Linter("old = 1\n", replacement="old_old")
    fixed = linter.fix()
    assert fixed.texts == {}
    assert fixed.applied == {}
    assert "did not settle" in fixed.refused["train.py"]
    assert linter.runs <= MAX_ROUNDS + 2


def test_newer_syntax_than_that_of_this_python_is_judged_by_libcst() -> None:
    newer = "type X = int\n"  # Python 3.12
    assert parses_like(newer, newer)
    assert not parses_like(newer, "type X = \n")


def test_the_diff_is_what_patch_reads() -> None:
    assert unified_diff("a.py", "x\ny\n", "x\nz\n") == "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n"
    assert unified_diff("a.py", "x", "z").endswith(
        "-x\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n"
    )
    assert "-y\r\n+z\r\n" in unified_diff("a.py", "x\r\ny\r\n", "x\r\nz\r\n")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbfx = 1\r\n", id="byte-order mark and Windows line ends"),
        pytest.param("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), id="coding line"),
        pytest.param("x = '模型'\n".encode(), id="utf-8"),
        pytest.param(b"x = 1\n\x0cy = 2", id="form feed, no last line end"),
    ],
)
def test_text_comes_back_as_the_very_bytes(data: bytes) -> None:
    source = SourceText.decode(data)
    assert source.encode(source.text) == data


def test_writing_keeps_permissions_and_links_and_leaves_nothing_behind(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_bytes(b"old")
    real.chmod(0o750)
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert real.read_bytes() == b"new"
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    assert sorted(os.listdir(tmp_path)) == ["link.py", "real.py"]


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["train.py"]

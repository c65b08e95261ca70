"""Findings as text: what the user reads."""

from __future__ import annotations

import dataclasses
import io

import pytest

from torchcheck.finding import Edit, Finding, Fix, Lens, Level, Position, Span
from torchcheck.report.source import from_disk, from_texts
from torchcheck.report.style import PLAIN, Style, style_for
from torchcheck.report.text import concise, counted, render, summary
from torchcheck.report.write import formatted, statistics

SOURCE = """\
probs = softmax(model(x))
loss = criterion(probs, y)
loss.backward()
"""

FINDING = Finding(
    code="TCK101",
    name="softmax-before-cross-entropy",
    level=Level.ERROR,
    message="`probs` went through softmax before `nn.CrossEntropyLoss`.",
    why="The second softmax can never become confident.",
    help="Give the loss the logits.",
    place=Span("train.py", Position(2, 8), Position(2, 27)),
    lens=Lens.STATIC,
)


def shown(finding: Finding = FINDING, source: str = SOURCE, style: Style = PLAIN) -> str:
    return render(finding, from_texts({"train.py": source}), style)


def test_full_shows_place_message_source_why_and_help() -> None:
    assert shown() == (
        "train.py:2:8: error TCK101 [softmax-before-cross-entropy] "
        "`probs` went through softmax before `nn.CrossEntropyLoss`.\n"
        "  |\n"
        "1 | probs = softmax(model(x))\n"
        "2 | loss = criterion(probs, y)\n"
        "  |        ^^^^^^^^^^^^^^^^^^^\n"
        "3 | loss.backward()\n"
        "  |\n"
        "  = why: The second softmax can never become confident.\n"
        "  = help: Give the loss the logits."
    )


def test_a_runtime_finding_shows_module_step_and_numbers() -> None:
    finding = dataclasses.replace(
        FINDING,
        lens=Lens.RUNTIME,
        module="net.head",
        step=12,
        evidence={
            "update_ratio": 3.21e-9,
            "layers": ["a", "b"],
            "finite": False,
            "rms": {"fc": None},
            "none": None,
            "times": 3,
            "losses_before": [],
            "steps_seen": 1,
        },
    )
    where = "= seen: in `net.head` at step 12, and in 3 of the steps looked at in all: "
    numbers = "update ratio 3.21e-09, layers [a, b], finite no, rms (fc unknown) "
    assert where + numbers + "= why: " in " ".join(shown(finding).split())


def test_the_root_module_has_no_name() -> None:
    finding = dataclasses.replace(FINDING, lens=Lens.BOTH, module="", step=0)
    assert "= seen: in the model at step 0" in shown(finding)


def test_what_the_linter_saw_is_told_by_the_message_alone() -> None:
    assert "= seen" not in shown(dataclasses.replace(FINDING, module="fc", evidence={"weight_decay": 0.01}))


def test_a_fix_is_told_with_its_risk() -> None:
    edit = Edit(Position(1, 1), Position(1, 1), "")
    unsafe = dataclasses.replace(FINDING, fix=Fix("Drop the softmax", (edit,)))
    safe = dataclasses.replace(FINDING, fix=Fix("Drop the softmax", (edit,), safe=True))
    assert shown(unsafe).endswith("= unsafe fix: Drop the softmax")
    assert shown(safe).endswith("= fix: Drop the softmax")


def test_long_notes_are_wrapped_under_their_own_beginning() -> None:
    lines = shown(dataclasses.replace(FINDING, help="word " * 40)).splitlines()
    assert max(map(len, lines[1:])) <= 110
    assert lines[-1].startswith(" " * len("  = help: ") + "word")


def test_a_message_of_several_lines_stays_one_line() -> None:
    assert concise(dataclasses.replace(FINDING, message="one\n two")).endswith("] one two")


def test_without_source_there_is_no_frame() -> None:
    finding = dataclasses.replace(FINDING, place=Span("<stdin>", Position(2, 1), Position(2, 1)))
    assert [line[:9] for line in render(finding, from_disk).splitlines()] == ["<stdin>:2", "  = why: ", "  = help:"]


def caret_line(source: str, start: Position, end: Position) -> tuple[str, str]:
    """The marked line and the carets, without their gutter."""
    lines = shown(dataclasses.replace(FINDING, place=Span("train.py", start, end)), source).splitlines()
    index = next(i for i, line in enumerate(lines) if "^" in line)
    return lines[index - 1].partition("| ")[2], lines[index].partition("| ")[2]


@pytest.mark.parametrize(
    ("source", "start", "end", "marked"),
    [
        pytest.param("    loss(x)\n", (1, 5), (1, 12), "loss(x)", id="indented"),
        pytest.param("\tloss(x)\n", (1, 2), (1, 9), "loss(x)", id="tab"),
        pytest.param("a = loss(\n    x,\n)\n", (1, 5), (3, 2), "loss(", id="several lines: to the end of the first"),
        pytest.param("    loss(x)\n", (1, 1), (1, 1), "loss(x)", id="columns not known: the statement"),
        pytest.param("def f(:\n", (1, 7), (1, 7), ":", id="a point"),
        pytest.param("    loss(x)\n", (1, 5), (1, 99), "loss(x)", id="columns that lie: the statement"),
    ],
)
def test_carets_stand_under_what_they_mark(
    source: str, start: tuple[int, int], end: tuple[int, int], marked: str
) -> None:
    line, carets = caret_line(source, Position(*start), Position(*end))
    assert line[carets.index("^") : carets.rindex("^") + 1] == marked


def test_wide_characters_take_two_columns() -> None:
    line, carets = caret_line("模型 = f(x)\n", Position(1, 6), Position(1, 10))
    assert line == "模型 = f(x)"
    assert carets == " " * 7 + "^^^^"


def test_a_very_long_line_is_cut_around_the_mark() -> None:
    source = "x = [" + "1, " * 200 + "loss(x), " + "1, " * 200 + "]\n"
    column = source.index("loss") + 1
    line, carets = caret_line(source, Position(1, column), Position(1, column + 7))
    assert len(line) <= 121
    assert line[carets.index("^") : carets.rindex("^") + 1] == "loss(x)"


def columns(text: str) -> int:
    """Columns of a terminal, for the characters of these tests."""
    return sum(2 if char > "\u2e80" and char != "\ufe0f" else int(char != "\ufe0f") for char in text)


@pytest.mark.parametrize("before", [0, 10, 60, 200])
@pytest.mark.parametrize("after", [0, 60, 200])
def test_a_long_line_of_wide_characters_is_cut_by_columns(before: int, after: int) -> None:
    source = f"\tx = '{'型' * before}', loss(x), '{'型' * after}'\n"
    column = source.index("loss") + 1
    line, carets = caret_line(source, Position(1, column), Position(1, column + 7))
    assert columns(line) <= 120
    assert columns(line[: line.index("loss(x)")]) == carets.index("^")
    assert carets.count("^") == 7


def test_a_mark_longer_than_the_frame_ends_with_it() -> None:
    source = "x = loss(" + "y + " * 100 + "y)\n"
    line, carets = caret_line(source, Position(1, 5), Position(1, len(source)))
    assert line.startswith("x = loss(y + ")
    assert (len(line), len(carets)) == (120, 120)


def test_characters_without_a_width_take_no_column() -> None:
    line, carets = caret_line("'✔️ e\u0301' + loss(x)\n", Position(1, 11), Position(1, 18))
    assert line[carets.index("^") + 2 :] == "loss(x)"  # two characters of the line take no column


def test_the_neighbours_of_the_marked_line_are_cut_too() -> None:
    source = "型" * 200 + "\nloss(x)\n"
    finding = dataclasses.replace(FINDING, place=Span("train.py", Position(2, 1), Position(2, 8)))
    above = shown(finding, source).splitlines()[2].partition("| ")[2]
    assert above == "型" * 59 + "…"


def test_in_colour_the_names_of_the_user_are_bold() -> None:
    assert "\x1b[1m`probs`\x1b[0m went" in shown(style=Style(colour=True))


def test_colours_only_add_to_the_text() -> None:
    coloured = shown(style=Style(colour=True))
    assert "\x1b[1;31merror TCK101\x1b[0m" in coloured
    import re

    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == shown()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "colour"),
    [
        ({}, Terminal(), True),
        ({}, io.StringIO(), False),
        ({"TERM": "dumb"}, Terminal(), False),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({"NO_COLOR": ""}, Terminal(), True),
        ({"FORCE_COLOR": "1"}, io.StringIO(), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, Terminal(), False),
    ],
)
def test_when_colours_are_used(
    environment: dict[str, str], stream: io.StringIO, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_for(stream).colour is colour


def test_summary_counts_levels() -> None:
    warning = dataclasses.replace(FINDING, level=Level.WARNING)
    remark = dataclasses.replace(FINDING, level=Level.INFO)
    assert summary([]) == "no findings"
    assert summary([FINDING]) == "1 finding (1 error)"
    assert summary([FINDING, warning, warning, remark]) == "4 findings (1 error, 2 warnings, 1 remark)"
    assert [counted(n, "file") for n in range(3)] == ["no files", "1 file", "2 files"]


def test_formats() -> None:
    line = concise(FINDING)
    assert formatted([FINDING, FINDING], "concise") == f"{line}\n{line}\n"
    assert formatted([FINDING], "full", from_texts({"train.py": SOURCE})) == shown() + "\n\n"
    assert [formatted([], kind) for kind in ("full", "concise", "json")] == ["", "", "[]\n"]


def test_statistics_put_the_most_frequent_rule_first() -> None:
    other = dataclasses.replace(FINDING, code="TCK100", name="other")
    assert (
        statistics([other, FINDING, FINDING], "full") == "2  TCK101  softmax-before-cross-entropy\n1  TCK100  other\n"
    )
    assert '"count": 2' in statistics([other, FINDING, FINDING], "json")


def test_a_file_below_the_working_directory_is_shown_by_its_short_name(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    inside = dataclasses.replace(FINDING, place=Span(f"{tmp_path}/src/a.py", Position(1, 1), Position(1, 2)))
    assert concise(inside).startswith("src/a.py:1:1: ")

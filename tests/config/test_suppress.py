"""Comments that silence findings."""

from __future__ import annotations

import pytest

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.suppress import Suppressions


def finding(row: int, code: str = "TCK101", name: str = "softmax-before-cross-entropy") -> Finding:
    place = Span("train.py", Position(row, 1), Position(row, 5))
    return Finding(code, name, Level.ERROR, "message", "why", "help", place, Lens.STATIC)


def covered(source: str, row: int = 1, **kind: str) -> bool:
    return Suppressions.parse(source).covers(finding(row, **kind))


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("# torchcheck: ignore[TCK101]", id="code"),
        pytest.param("# torchcheck: ignore[TCK101] soft labels on purpose", id="with a reason"),
        pytest.param("# torchcheck: ignore[TCK1]", id="prefix"),
        pytest.param("# torchcheck: ignore[tck101]", id="lower case"),
        pytest.param("# torchcheck: ignore[softmax-before-cross-entropy]", id="name"),
        pytest.param("# torchcheck: ignore[TCK201, TCK101]", id="second of two"),
        pytest.param("#torchcheck:ignore[TCK101]", id="without spaces"),
        pytest.param("# type: ignore[x]  # torchcheck: ignore[TCK101]", id="after another pragma"),
        pytest.param("# torchcheck: file-ignore[TCK101]", id="whole file"),
        pytest.param("# noqa: TCK101", id="noqa"),
        pytest.param("# noqa: E501, TCK101", id="noqa with a foreign code"),
        pytest.param("# noqa: E501 TCK101", id="noqa with a space between"),
        pytest.param("# NOQA:TCK101", id="noqa in capitals"),
        pytest.param("# noqa", id="bare noqa"),
        pytest.param("# noqa  because", id="bare noqa with a reason"),
    ],
)
def test_silences(comment: str) -> None:
    assert covered(f"loss = criterion(probs, y)  {comment}\n")


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("# torchcheck: ignore[TCK201]", id="another code"),
        pytest.param("# torchcheck: ignore", id="blanket"),
        pytest.param("# torchcheck: ignore[]", id="empty brackets"),
        pytest.param("# torchcheck: ignore[softmax]", id="part of a name"),
        pytest.param("# noqa: E501", id="noqa of a foreign code"),
        pytest.param("# noqa: TCK2", id="noqa of another prefix"),
        pytest.param("# see torchcheck, rule TCK101", id="prose"),
        pytest.param("# noqasomething", id="a word that begins like noqa"),
    ],
)
def test_does_not_silence(comment: str) -> None:
    assert not covered(f"loss = criterion(probs, y)  {comment}\n")


def test_a_comment_speaks_of_its_own_line_only() -> None:
    source = "a = 1  # torchcheck: ignore[TCK101]\nb = 2\n"
    assert not covered(source, row=2)


def test_a_comment_above_speaks_of_the_line_below() -> None:
    assert covered("# torchcheck: ignore[TCK101]\nloss = f(x)\n", row=2)


def test_comments_above_may_be_several() -> None:
    assert covered("# torchcheck: ignore[TCK101]\n# since the labels are soft\nloss = f(x)\n", row=3)


def test_a_comment_above_a_blank_line_speaks_of_nothing() -> None:
    assert not covered("# torchcheck: ignore[TCK101]\n\nloss = f(x)\n", row=3)


def test_a_comment_above_does_not_reach_the_second_line() -> None:
    assert not covered("# torchcheck: ignore[TCK101]\na = 1\nloss = f(x)\n", row=3)


def test_a_comment_above_covers_an_indented_line() -> None:
    assert covered("def f(x):\n    # torchcheck: ignore[TCK101]\n    return g(x)\n", row=3)


def test_noqa_above_is_not_heeded_as_everywhere() -> None:
    assert not covered("# noqa: TCK101\nloss = f(x)\n", row=2)


@pytest.mark.parametrize("row", [1, 2, 3, 4])
@pytest.mark.parametrize("comment_row", [1, 2, 3, 4])
def test_any_line_of_the_statement_will_do(row: int, comment_row: int) -> None:
    lines = ["loss = criterion(", "    probs,", "    labels,", ")"]
    lines[comment_row - 1] += "  # torchcheck: ignore[TCK101]"
    assert covered("\n".join(lines) + "\n", row=row)


def test_a_comment_alone_between_the_lines_of_a_statement_counts() -> None:
    assert covered("loss = criterion(\n    # torchcheck: ignore[TCK101]\n    probs,\n)\n", row=1)


def test_the_header_of_a_loop_does_not_silence_its_body() -> None:
    source = "for x in loader:  # torchcheck: ignore[TCK101]\n    loss = f(x)\n"
    assert covered(source, row=1)
    assert not covered(source, row=2)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('text = "# torchcheck: ignore[TCK101]"\n', id="string"),
        pytest.param('text = """\n# torchcheck: file-ignore[TCK101]\n"""\n', id="docstring"),
        pytest.param('text = f"# noqa"\n', id="f-string"),
    ],
)
def test_strings_are_not_comments(source: str) -> None:
    assert not covered(source)


def test_file_ignore_speaks_of_every_line_but_only_of_its_rule() -> None:
    source = "a = 1\nb = 2\n# torchcheck: file-ignore[TCK1]\nc = 3\n"
    assert covered(source, row=1)
    assert covered(source, row=4)
    assert not covered(source, row=1, code="TCK201", name="missing-zero-grad")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_source_that_is_not_python_is_read_line_by_line(newline: str) -> None:
    source = newline.join(["def f(:", "    x = (", "y = 3  # torchcheck: ignore[TCK101]", "z = 4"])
    assert covered(source, row=3)
    assert not covered(source, row=4)


def test_windows_line_ends_count_as_one() -> None:
    assert covered("a = 1\r\n# torchcheck: ignore[TCK101]\r\nb = 2\r\n", row=3)


@pytest.mark.parametrize(
    "comment", ["# torchcheck: ignore", "# torchcheck: ignore[]", "# torchcheck: file-ignore TCK101"]
)
def test_a_pragma_without_brackets_is_noted(comment: str) -> None:
    (note,) = Suppressions.parse(f"a = 1\nb = 2  {comment}\n").notes
    assert note.row == 2
    assert "silences nothing: name the rule" in note.text


def test_what_pragmas_name_is_told_so_that_typing_errors_can_be_found() -> None:
    comments = Suppressions.parse("a = 1\nb = 2  # torchcheck: ignore[TKC101]\nc = 3  # noqa: E501\n")
    assert [(named.row, named.text) for named in comments.named] == [(2, "TKC101")]


@pytest.mark.parametrize(
    "source", ["", "\x00", "'''", "\\", "(" * 300, "\ufeffx = 1 # noqa", "if x:\n\ty\n        z # noqa\n"]
)
def test_no_text_makes_it_raise(source: str) -> None:
    Suppressions.parse(source + "# torchcheck: ignore[TCK101]")

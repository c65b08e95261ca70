"""`--add-ignore`: the comments that it writes, and that they silence what they are for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, SOFTMAX, Lint

HEAD = "import torch\n\n\ndef make(model):\n"
CALL = "torch.optim.Adam(model.parameters(), weight_decay=0.1)"
MARK = "  # torchcheck: ignore[TCK301]"


def test_every_finding_gets_a_comment(project: Path, lint: Lint) -> None:
    status, out, err = lint("--add-ignore")
    assert (status, out) == (0, "")
    assert err == "silenced 2 findings in 2 files: 1 TCK101, 1 TCK301\nno findings in 3 files\n"
    assert (project / "adam.py").read_text() == ADAM.replace("0.01)\n", f"0.01){MARK}\n")
    assert (project / "softmax.py").read_text().endswith("(model(x), y)  # torchcheck: ignore[TCK101]\n")
    assert lint.codes() == []
    assert lint("--add-ignore")[2] == "silenced no findings\nno findings in 3 files\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "    return torch.optim.Adam(\n        model.parameters(),\n        weight_decay=0.1,\n    )\n",
            "    return torch.optim.Adam(" + MARK + "\n        model.parameters(),\n        weight_decay=0.1,\n    )\n",
            id="a statement of several lines",
        ),
        pytest.param(
            "    return torch.optim.Adam(model.parameters(), \\\n        weight_decay=0.1)\n",
            "    return torch.optim.Adam(model.parameters(), \\\n        weight_decay=0.1)" + MARK + "\n",
            id="a line that is continued",
        ),
        pytest.param(
            '    return ADAM(m), """a\n# b\nc"""\n',
            '    return ADAM(m), """a\n# b\nc"""' + MARK + "\n",
            id="a string of several lines",
        ),
        pytest.param(
            '    return ADAM(m), f"""a\n{model}\nc"""\n',
            '    return ADAM(m), f"""a\n{model}\nc"""' + MARK + "\n",
            id="a formatted string of several lines",
        ),
        pytest.param(
            '    return ADAM(m), """a\nb""", \\\n        1\n',
            '    return ADAM(m), """a\nb""", \\\n        1' + MARK + "\n",
            id="a string, then a continued line",
        ),
        pytest.param(
            "    return ADAM(m)  # type: ignore\n",
            "    return ADAM(m)  # type: ignore" + MARK + "\n",
            id="behind another comment",
        ),
        pytest.param(
            "    return ADAM(m)   \n",
            "    return ADAM(m)" + MARK + "\n",
            id="blanks at the end",
        ),
        pytest.param(
            "    return ADAM(m)",
            "    return ADAM(m)" + MARK,
            id="no line end",
        ),
        pytest.param(
            "    return ADAM(m)  # torchcheck: ignore[TCK6] why\n",
            "    return ADAM(m)  # torchcheck: ignore[TCK6, TCK301] why\n",
            id="into a comment of the line",
        ),
        pytest.param(
            "    return ADAM(m)  # torchcheck: ignore because\n",
            "    return ADAM(m)  # torchcheck: ignore[TCK301] because\n",
            id="into a comment without brackets",
        ),
        pytest.param(
            "    # torchcheck: ignore[TCK6]\n    return ADAM(m)\n",
            "    # torchcheck: ignore[TCK6, TCK301]\n    return ADAM(m)\n",
            id="into a comment above",
        ),
        pytest.param(
            "    a = ADAM(m); b = ADAM(m)\n",
            "    a = ADAM(m); b = ADAM(m)" + MARK + "\n",
            id="two in a line",
        ),
        pytest.param(
            "    if ADAM(m):\n        pass\n",
            "    if ADAM(m):" + MARK + "\n        pass\n",
            id="the head of a block",
        ),
    ],
)
def test_the_comment_stands_where_it_works(project: Path, lint: Lint, body: str, expected: str) -> None:
    body, expected = (text.replace("ADAM(m)", CALL) for text in (body, expected))
    (project / "adam.py").write_text(HEAD + body)
    assert lint("adam.py", "--add-ignore")[0] == 0
    assert (project / "adam.py").read_text() == HEAD + expected
    assert lint.codes("adam.py") == []


def test_line_ends_byte_order_mark_and_encoding_stay(project: Path, lint: Lint) -> None:
    data = b"\xef\xbb\xbf" + ADAM.replace("\n", "\r\n").encode()
    (project / "adam.py").write_bytes(data)
    lint("adam.py", "--add-ignore")
    assert (project / "adam.py").read_bytes() == data.replace(b"0.01)", b"0.01)" + MARK.encode())
    latin = ("# coding: latin-1\n# é\n" + ADAM).encode("latin-1")
    (project / "adam.py").write_bytes(latin)
    lint("adam.py", "--add-ignore")
    assert (project / "adam.py").read_bytes() == latin.replace(b"0.01)", b"0.01)" + MARK.encode())


def test_two_rules_in_a_line_share_a_comment(project: Path, lint: Lint) -> None:
    text = SOFTMAX.replace(
        "return criterion(model(x), y)",
        "return criterion(model(x), y), torch.optim.Adam(model.parameters(), weight_decay=0.1)",
    )
    (project / "softmax.py").write_text(text)
    assert lint("softmax.py", "--add-ignore")[2].startswith("silenced 2 findings in 1 file: 1 TCK101, 1 TCK301\n")
    assert "weight_decay=0.1)  # torchcheck: ignore[TCK101, TCK301]\n" in (project / "softmax.py").read_text()


def test_unreadable_files_and_idle_comments_are_not_silenced(project: Path, lint: Lint) -> None:
    (project / "adam.py").write_text("x = (\n")
    (project / "softmax.py").write_text("x = 1  # torchcheck: ignore[TCK002]\n")
    status, out, err = lint("--add-ignore", "--output-format", "concise")
    assert status == 1
    assert [line.split()[2] for line in out.splitlines()] == ["TCK002", "TCK001"]
    assert err.startswith("silenced no findings\n")
    assert (project / "softmax.py").read_text() == "x = 1  # torchcheck: ignore[TCK002]\n"


def test_line_ends_of_long_ago_are_left_alone(project: Path, lint: Lint) -> None:
    data = ADAM.replace("\n", "\r").encode()
    (project / "adam.py").write_bytes(data)
    _, _, err = lint("adam.py", "--add-ignore")
    assert (project / "adam.py").read_bytes() == data
    assert "silenced no findings\n" in err


def test_cells_of_a_notebook(project: Path, lint: Lint) -> None:
    source = ["import torch\n", "optimizer = torch.optim.Adam(torch.nn.Linear(2, 2).parameters(), weight_decay=0.1)"]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}]
    (project / "book.ipynb").write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    assert lint("book.ipynb", "--add-ignore")[0] == 0
    assert json.loads((project / "book.ipynb").read_text())["cells"][0]["source"] == [source[0], source[1] + MARK]


def test_what_the_baseline_hides_gets_no_comment(project: Path, lint: Lint) -> None:
    lint("adam.py", "--write-baseline")
    lint("--add-ignore", "--baseline", "torchcheck-baseline.json")
    assert (project / "adam.py").read_text() == ADAM
    assert "ignore[TCK101]" in (project / "softmax.py").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--add-ignore", "--fix"), "--add-ignore and --fix can't be used together"),
        (("--add-ignore", "--write-baseline"), "--write-baseline and --add-ignore can't be used together"),
        (("-", "--add-ignore"), "--add-ignore needs files, and standard input is none"),
    ],
)
def test_options_that_contradict_it(project: Path, lint: Lint, words: tuple[str, ...], message: str) -> None:
    assert lint(*words) == (2, "", f"torchcheck: error: {message}\n")

"""Notebooks are linted as one program, and told and mended cell by cell."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from torchcheck.cli.main import main
from torchcheck.finding import Finding
from torchcheck.lint.engine import lint_files
from torchcheck.lint.source import SourceFile
from torchcheck.rules import all_rules

IMPORTS = "import torch\nfrom torch import nn"
MODEL = "model = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\ncriterion = nn.CrossEntropyLoss()"
USE = "loss = criterion(model(x), y)"
TRAIN = "for x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n    optimizer.step()"
SGD = "model = nn.Linear(4, 3)\ncriterion = nn.CrossEntropyLoss()\noptimizer = torch.optim.SGD(model.parameters(), 0.1)"


def cell(source: str | list[str], kind: str = "code") -> dict[str, Any]:
    lines = source.splitlines(keepends=True) if isinstance(source, str) else source
    data: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": lines}
    return data | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def notebook(*cells: str | dict[str, Any], language: str = "python") -> str:
    data = {
        "cells": [cell(c) if isinstance(c, str) else c for c in cells],
        "metadata": {"kernelspec": {"name": "k", "language": language}, "language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def lint(text: str | bytes) -> list[Finding]:
    path = Path("page.ipynb")
    result = lint_files([path], [rule() for rule in all_rules()], sources={path: text})
    assert not result.broken, result.broken
    return result.findings


def places(text: str | bytes) -> list[tuple[str, int | None, int]]:
    return [(f.code, f.place.cell, f.row) for f in lint(text)]


def test_cells_are_one_program_and_all_cells_count() -> None:
    assert places(notebook(IMPORTS, cell("# Model", "markdown"), MODEL, USE)) == [("TCK101", 4, 1)]


def test_rows_and_columns_are_those_of_the_cell() -> None:
    (finding,) = lint(notebook(IMPORTS, MODEL, "\n\n" + USE))
    assert (finding.place.start, finding.place.end) == ((3, 8), (3, 30))
    assert finding.to_json()["cell"] == 3


def test_the_rows_that_end_a_cell_are_known() -> None:
    text = notebook("# only a comment", "a = 1\na  # shown\n\n# not this", "!ls", "%%bash\nls", "")
    file = SourceFile(Path("page.ipynb"), text)
    assert [file.text.split("\n")[row - 1] for row in sorted(file.cell_ends)] == ["a  # shown", "pass"]


def test_a_later_definition_is_the_one_that_counts() -> None:
    fixed = "model = nn.Linear(4, 3)"
    assert places(notebook(IMPORTS, MODEL, fixed, USE)) == []
    assert places(notebook(IMPORTS, fixed, MODEL, USE)) == [("TCK101", 4, 1)]


def test_a_class_of_an_earlier_cell_is_known() -> None:
    net = "class Net(nn.Module):\n    def forward(self, x):\n        return self.fc(x).softmax(1)"
    assert places(notebook(IMPORTS, net, "model = Net()\ncriterion = nn.CrossEntropyLoss()", USE)) == [("TCK101", 4, 1)]


MAGICS = {
    "line magic": "%matplotlib inline",
    "shell": "!pip install torch\n!ls | wc",
    "shell over several lines": "!pip install \\\n   torch \\\n   -q",
    "question": "model?",
    "questions": "?model\nnn.Linear??",
    "assigned from the shell": "files = !ls -l",
    "assigned from a magic": "t = %timeit -o f(x)",
    "in a block": "if True:\n    !ls\n    %cd ..",
    "cell magic of the shell": "%%bash\nls -l | wc\nfor f in *; do echo $f; done",
    "cell magic with HTML": "%%html\n<b>bold</b>",
    "cell magic that writes a file": "%%writefile train.py\nloss = nn.CrossEntropyLoss()(x.softmax(1), y)",
    "cell magic that nobody knows": "%%nonsense now\nthis is no Python",
    "R": "%%R\nx <- 5",
    "await": "await fetch()\nasync with session as s:\n    pass",
    "get_ipython": "get_ipython().system('ls')",
    "the value of an expression": "model.eval()",
    "automatic call": "/print 1\n,print a b",
    "empty": "",
    "only a comment": "# nothing",
    "a string that looks like magic": 'text = """\n%magic\n!shell\n"""\n!ls',
    "a modulo that looks like magic": "x = (1\n%2)\n!ls",
    "indented as a whole": "    a = 1\n    b = 2",
    "return": "return 1",
    "a cell that stops the run": "raise SystemExit('run this by hand')",
}


@pytest.mark.parametrize("source", MAGICS.values(), ids=MAGICS)
def test_what_notebooks_hold_beside_python(source: str) -> None:
    assert places(notebook(IMPORTS, source, MODEL, source, USE)) == [("TCK101", 5, 1)]


@pytest.mark.parametrize(
    ("source", "row", "column"),
    [
        (f"%%time\n{USE}", 2, 8),
        (f"%%capture out\n\n{USE}", 3, 8),
        (f"%time {USE}", 1, 14),
        (f"if x:\n    %time {USE}", 2, 18),
        (f"%timeit -n 10 -r3 {USE}", 1, 26),
        (f"%%wandb\n!ls\n{USE}", 3, 8),
        (f"    a = 1\n    {USE}", 2, 12),
        (f">>> a = 1\n>>> {USE}\n3", 2, 12),
        (f"%%nonsense\n{USE}", 2, 8),
    ],
)
def test_python_among_magics_is_linted_where_it_stands(source: str, row: int, column: int) -> None:
    (finding,) = lint(notebook(IMPORTS, MODEL, source))
    assert (finding.code, finding.place.cell, finding.place.start) == ("TCK101", 3, (row, column))


def test_a_cell_that_is_not_python_loses_only_itself() -> None:
    text = notebook(IMPORTS, MODEL, "x = 1\ndef f(:", USE)
    assert places(text) == [("TCK002", 3, 2), ("TCK101", 4, 1)]
    assert lint(text)[0].message.startswith("This cell can't be read as Python: ")


def test_python_2_is_told() -> None:
    (finding,) = lint(notebook("print 'a'"))
    assert "it is Python 2 (Missing parentheses in call to 'print'" in finding.message
    assert finding.help.startswith("Write it in Python 3")


def test_format_3() -> None:
    cells = [{"cell_type": "code", "input": source, "language": "python"} for source in (IMPORTS, [MODEL], USE)]
    heading = {"cell_type": "heading", "source": ["x"]}
    text = json.dumps({"metadata": {}, "nbformat": 3, "worksheets": [{"cells": [heading, *cells]}]})
    assert places(text) == [("TCK101", 4, 1)]


def test_a_source_may_be_one_string() -> None:
    assert places(notebook(IMPORTS, MODEL, {"cell_type": "code", "source": f"a = 1\n{USE}"})) == [("TCK101", 3, 2)]


def test_odd_cells_are_passed_over() -> None:
    odd: list[dict[str, Any]] = [{}, {"cell_type": "code"}, {"cell_type": "code", "source": None}, cell("x", "raw")]
    assert places(notebook(*odd, IMPORTS, MODEL, USE)) == [("TCK101", 7, 1)]


@pytest.mark.parametrize("text", ["", " \n", notebook(), '{"cells": [], "metadata": null}'])
def test_an_empty_notebook_has_no_finding(text: str) -> None:
    assert lint(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import torch", "it is not JSON (Expecting value)"),
        ('{"cells": [', "it is not JSON (Expecting value)"),
        ("[]", "it is JSON, but not a notebook"),
        ('{"a": 1}', "it is JSON, but not a notebook"),
        ('{"cells": 3}', "it is JSON, but not a notebook"),
        (b"\xff\xfe{\x00", "its bytes are not utf-8"),
        (b'{"cells": "\xe9"}', "its bytes are not utf-8"),
        ("[" * 100_000, "its JSON can't be read"),
    ],
)
def test_what_is_no_notebook_is_one_finding(text: str | bytes, message: str) -> None:
    (finding,) = lint(text)
    assert finding.code == "TCK002"
    assert message in finding.message


def test_byte_order_mark_line_ends_and_odd_characters() -> None:
    text = notebook(IMPORTS, "name = '模型 \u2028 😀 \x0c \x85'\n" + MODEL, USE)
    assert places(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == [("TCK101", 3, 1)]
    in_cells = notebook(IMPORTS, MODEL.replace("\n", "\r\n"), f"a = 1\r\n{USE}")
    assert places(in_cells) == [("TCK101", 3, 2)]
    half = json.loads(text) | {"cells": [cell(IMPORTS), cell("s = '\ud83d'"), cell(MODEL), cell(USE)]}
    assert places(json.dumps(half)) == [("TCK002", 2, 1), ("TCK101", 4, 1)]


# Through the command.


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> tuple[int, str, str]:
    status = main(["lint", "--isolated", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_notebook_is_found_and_shown_with_the_source_of_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.ipynb").write_text(notebook(IMPORTS, MODEL, f"a = 1\n{USE}\nb = 2"), encoding="utf-8")

    status, out, _ = run(capsys, ["."])

    assert status == 1
    assert out.startswith("page.ipynb:cell 3:2:8: error TCK101 ")
    assert "1 | a = 1\n2 | loss = criterion(model(x), y)\n  |        ^^^^^^^^^^^^^^^^^^^^^^\n3 | b = 2\n" in out


def test_a_notebook_of_another_language_is_left_alone_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.ipynb").write_text(notebook("x <- torch_tensor(1)", language="R"), encoding="utf-8")

    status, out, err = run(capsys, ["page.ipynb"])

    assert (status, out) == (0, "")
    assert "page.ipynb: skipped: a notebook of r\n" in err


def test_standard_input_may_be_a_notebook(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data = notebook(IMPORTS, MODEL, USE).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    status, out, _ = run(capsys, ["--stdin-filename", "page.ipynb", "-"])

    assert status == 1
    assert "1 | loss = criterion(model(x), y)\n" in out


def test_comments_silence_findings_of_their_cell(capsys: pytest.CaptureFixture[str]) -> None:
    def out(*cells: str) -> str:
        Path("page.ipynb").write_text(notebook(*cells), encoding="utf-8")
        return run(capsys, ["page.ipynb"])[1]

    assert out(IMPORTS, MODEL, f"{USE}  # noqa: TCK101") == ""
    assert out(IMPORTS, MODEL, f"!ls\n# torchcheck: ignore[TCK101]\n{USE}") == ""
    assert out(IMPORTS, f"{MODEL}\n# torchcheck: file-ignore[TCK101]", USE) == ""
    assert "cell 3:1" in out(IMPORTS, f"{MODEL}\na = 1  # noqa", USE)


def test_a_useless_comment_is_told_with_its_cell(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.ipynb").write_text(notebook(IMPORTS, MODEL, f"{USE}\n# torchcheck: ignore"), encoding="utf-8")
    assert "page.ipynb:cell 3:2: `ignore` silences nothing" in run(capsys, ["page.ipynb"])[2]


def test_a_fix_edits_the_cell_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    before = notebook("# é\n%pylab\n" + IMPORTS, cell("text", "markdown"), SGD, TRAIN + "\n!ls")
    Path("page.ipynb").write_text(before, encoding="utf-8")

    run(capsys, ["--fix", "--unsafe-fixes", "page.ipynb"])

    step = '    "    optimizer.step()\\n",\n'
    new = '    "    optimizer.zero_grad()\\n",\n    "    loss.backward()\\n",\n'
    after = before.replace('    "    loss.backward()\\n",\n', new)
    assert step in before
    assert Path("page.ipynb").read_text(encoding="utf-8") == after != before


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_a_fix_does_not_touch_stays_byte_for_byte(
    capsys: pytest.CaptureFixture[str], indent: int | None, ascii_only: bool, as_list: bool, newline: str
) -> None:
    source = TRAIN.replace("loss.backward()", "loss.backward()  # é")
    data = json.loads(notebook(cell("ü 😀", "markdown"), IMPORTS, SGD, source, "x = 'ö'"))
    data["cells"][0]["metadata"] = {"b": 1.50, "a": [], "c": {}}
    if not as_list:
        for one in data["cells"]:
            one["source"] = "".join(one["source"])
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only).replace("\n", newline)
    Path("page.ipynb").write_bytes(text.encode())
    sources = [c["source"] for c in data["cells"]]
    lines = source.splitlines(keepends=True)
    lines.insert(2, "    optimizer.zero_grad()\n")
    sources[3] = lines if as_list else "".join(lines)
    for one, changed in zip(data["cells"], sources, strict=True):
        one["source"] = changed
    expected = json.dumps(data, indent=indent, ensure_ascii=ascii_only).replace("\n", newline)

    run(capsys, ["--fix", "--unsafe-fixes", "page.ipynb"])

    assert Path("page.ipynb").read_bytes().decode() == expected


def test_the_difference_is_that_of_the_cell(capsys: pytest.CaptureFixture[str]) -> None:
    Path("page.ipynb").write_text(notebook(IMPORTS, SGD, TRAIN), encoding="utf-8")
    _, out, _ = run(capsys, ["--diff", "--unsafe-fixes", "page.ipynb"])
    assert out == (
        "--- page.ipynb:cell 3\n+++ page.ipynb:cell 3\n@@ -1,4 +1,5 @@\n for x, y in loader:\n"
        "     loss = criterion(model(x), y)\n+    optimizer.zero_grad()\n     loss.backward()\n     optimizer.step()\n"
        "\\ No newline at end of file\n"
    )


def test_a_fix_at_the_end_of_a_cell_stays_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The last line has no line end, and the cell below is another block."""
    accumulate = (
        "for a, b in loader:\n    l1 = criterion(model(a), b)\n    l1.backward()\n"
        "    l2 = criterion(model(b), a)\n    l2.backward()\n    optimizer.step()"
    )
    Path("page.ipynb").write_text(notebook(IMPORTS, SGD, accumulate, "print(1)"), encoding="utf-8")

    run(capsys, ["--fix", "--unsafe-fixes", "page.ipynb"])

    cells = json.loads(Path("page.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "".join(cells[2]["source"]).endswith("    optimizer.step()\n    optimizer.zero_grad()")
    assert cells[3]["source"] == ["print(1)"]


def test_a_line_moves_out_of_the_end_of_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "for x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n    optimizer.zero_grad()"
    step = "    optimizer.step()"
    Path("page.ipynb").write_text(notebook(IMPORTS, SGD, f"{wrong}\n{step}"), encoding="utf-8")
    run(capsys, ["--fix", "--unsafe-fixes", "page.ipynb"])
    cells = json.loads(Path("page.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "".join(cells[2]["source"]).split("\n")[2:] == [
        "    optimizer.zero_grad()",
        "    loss.backward()",
        "    optimizer.step()",
    ]

"""Whatever lies in a folder, the command ends, says what it could not read, and lints the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from torchcheck.cli.linting import internal_error
from torchcheck.cli.main import main
from torchcheck.lint import engine
from torchcheck.lint.engine import lint_files
from torchcheck.lint.interp import losses
from torchcheck.rules import all_rules

MISTAKE = "import torch.nn.functional as F\nF.cross_entropy(x.softmax(1), y)\n"
DATA = MISTAKE.encode()
RULES = [rule() for rule in all_rules()]


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """Whoever opens a pipe waits for ever: here it is a failure instead."""

    def ring(*args: object) -> None:
        raise TimeoutError("something waits")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    os.chmod(tmp_path, 0o700)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], str]:
    status = main(["lint", "--isolated", "--output-format", "concise", *words])
    out, err = capsys.readouterr()
    return status, [f"{line.split(':')[0]} {line.split()[2]}" for line in out.splitlines()], err


ENCODINGS = {
    "UTF-16 that nobody declares": (MISTAKE.encode("utf-16"), "TCK002"),
    "a codec that is none of text": (b"# coding: hex\n" + DATA, "TCK002"),
    "rot13": (b"# coding: rot13\n" + DATA, "TCK002"),
    "a codec that always fails": (b"# coding: undefined\n" + DATA, "TCK002"),
    "punycode": (b"# coding: punycode\n" + DATA, "TCK002"),
    "a mark that contradicts the coding line": (b"\xef\xbb\xbf# coding: latin-1\n" + DATA, "TCK002"),
    "UTF-7": (b"# coding: utf-7\n" + DATA, "TCK101"),
    "Shift JIS": ("# coding: shift_jis\ns = '表'\n".encode("shift_jis") + DATA, "TCK101"),
    "carriage returns": (DATA.replace(b"\n", b"\r"), "TCK101"),
    "mixed line ends": (b"a = 1\r\nb = 2\r" + DATA, "TCK101"),
    "form feeds": (b"\x0c\n" + DATA + b"\x0c", "TCK101"),
    "separators that end no row": ("s = '\u2028\x85\x1c'\n".encode() + DATA, "TCK101"),
    "two byte-order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + DATA, "TCK101"),
    "nothing but a backslash": (b"\\", "TCK002"),
}


@pytest.mark.parametrize(("data", "code"), ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("output_format", ["full", "concise", "json"])
def test_encodings_and_line_ends(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes, code: str, output_format: str
) -> None:
    Path("odd.py").write_bytes(data)

    status = main(["lint", "--isolated", "--output-format", output_format, "odd.py"])

    assert status == 1
    assert code in capsys.readouterr().out


def test_pipes_links_and_folders_called_like_files_stop_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("good.py").write_text(MISTAKE)
    for name in ("pipe.py", "pipe.ipynb"):
        os.mkfifo(name)
    Path("folder.py").mkdir()
    Path("link.py").symlink_to("nowhere.py")
    Path("itself.py").symlink_to("itself.py")
    Path("loop").symlink_to(".")

    assert run(capsys)[:2] == (1, ["good.py TCK101"])
    assert run(capsys, "pipe.py", "good.py", "pipe.ipynb", "folder.py")[:2] == (
        1,
        ["good.py TCK101", "pipe.ipynb TCK002", "pipe.py TCK002"],
    )
    assert main(["lint", "--isolated", "pipe.py"]) == 1
    assert "can't be opened (not a regular file)" in capsys.readouterr().out


def test_a_file_that_vanishes_or_may_not_be_read_is_one_finding(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "gone.py", "z.py"):
        Path(name).write_text(MISTAKE)

    def vanish(*args: object, **keywords: object) -> engine.LintResult:
        Path("gone.py").unlink(missing_ok=True)
        return lint_files(*args, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "lint_files", vanish)
    assert run(capsys)[:2] == (1, ["a.py TCK101", "gone.py TCK002", "z.py TCK101"])


def test_an_error_of_the_interpreter_is_told_and_the_other_files_go_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = losses.feed

    def fail(m: object, *args: object) -> object:
        if m.frame.file.name == "bad.py":  # type: ignore[attr-defined]
            raise ValueError("no luck")
        return real(m, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(losses, "feed", fail)
    for name in ("bad.py", "good.py"):
        Path(name).write_text(MISTAKE)

    status, lines, _ = run(capsys)

    assert (status, lines) == (2, ["bad.py TCK000", "good.py TCK101"])


@pytest.mark.parametrize(
    ("module", "name", "culprit"),
    [("interpret", "traces", "interpreter"), ("look", "glance", "reader")],
    ids=["between the interpreter and the rules", "in the first look"],
)
def test_an_error_of_torchcheck_anywhere_else_is_told_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, culprit: str
) -> None:
    def fail(*args: object) -> object:
        raise IndexError("no luck")

    monkeypatch.setattr(f"torchcheck.lint.{module}.{name}", fail)
    text = "import torch\nloss.backward()\noptimizer.step()\n"

    result = lint_files([Path("bad.py")], RULES, sources={Path("bad.py"): text})

    (broken,) = result.broken
    assert (broken.code, broken.filename, broken.error) == (culprit, "bad.py", "IndexError: no luck")
    assert internal_error(broken).message == f"the {culprit} failed on this file with IndexError: no luck"


def test_a_file_that_only_a_program_can_have_written_is_left_alone_with_a_note(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    big = MISTAKE + "x = 1\n" * 900_000
    Path("big.py").write_text(big)
    Path("big.md").write_text(f"```python\n{big}```\n" + f"```python\n{MISTAKE}```\n" * 10_000)
    Path("big.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": big, "metadata": {}}]}))
    Path("good.py").write_text("import big\nfrom big import x\n" + MISTAKE)

    status, lines, err = run(capsys, "big.py", "big.md", "big.ipynb", "good.py")

    assert (status, lines) == (1, ["good.py TCK101"])
    for name, size in (("big.py", "5.4"), ("big.md", "6.2"), ("big.ipynb", "5.4")):
        assert f"{name}: skipped: {size} MB of code, which only a program can have written\n" in err


def test_a_long_file_is_judged_and_only_its_fixes_are_left_out(folder: Path) -> None:
    Path("long.py").write_text("import torch\n" + MISTAKE + "torch.no_grad()\n" + f"x = '{500_000 * 'x'}'\n")

    result = lint_files([Path("long.py")], RULES)

    assert [(finding.code, finding.fix) for finding in result.findings] == [("TCK101", None), ("TCK213", None)]


def test_a_notebook_is_not_large_for_its_outputs(folder: Path) -> None:
    outputs = [{"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 500_000}, "metadata": {}}]
    cell = {"cell_type": "code", "source": MISTAKE, "outputs": outputs, "metadata": {}}
    Path("page.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}))

    assert [finding.code for finding in lint_files([Path("page.ipynb")], RULES).findings] == ["TCK101"]


DEEP = {
    "minus": b"x = " + b"-" * 50_000 + b"1\n",
    "attributes": b"x = a" + b".b" * 20_000 + b"\n",
    "calls": b"x = a" + b"()" * 20_000 + b"\n",
    "conditions": b"x = " + b"1 if a else " * 20_000 + b"2\n",
    "lambdas": b"x = " + b"lambda: " * 5_000 + b"2\n",
    "lists": b"x = " + b"[" * 90_000 + b"\n",
    "blocks": b"".join(b" " * i + b"if a:\n" for i in range(120)),
}


@pytest.mark.parametrize("data", DEEP.values(), ids=DEEP)
def test_code_that_is_nested_deeply_ends_as_one_finding(data: bytes, tmp_path: Path) -> None:
    """In a process of its own: a parser that overflows its stack would take this one along."""
    Path(tmp_path, "deep.py").write_bytes(data)

    command = [sys.executable, "-m", "torchcheck", "lint", "--isolated", "--output-format", "concise", "."]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)

    assert (done.returncode, done.stdout.count("TCK002"), done.stdout.count("\n")) == (1, 1, 1), done.stderr

"""`torchcheck lint`, as a user calls it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, SOFTMAX, Lint
from torchcheck.facts.loss import LossFed
from torchcheck.rules import find_rule
from torchcheck.rules.base import Found


def test_findings_go_to_stdout_and_everything_else_to_stderr(project: Path, lint: Lint) -> None:
    status, out, err = lint("softmax.py")
    assert status == 1
    assert out.startswith("softmax.py:9:12: error TCK101 [softmax-before-cross-entropy] ")
    assert "9 |     return criterion(model(x), y)\n  |            ^^^^^^^^^^^^^^^^^^^^^^\n" in out
    assert "  = why: " in out
    assert "  = help: " in out
    assert err.startswith("1 finding (1 error) in 1 file")


def test_nothing_found_is_exit_code_0(project: Path, lint: Lint) -> None:
    assert lint("clean.py") == (0, "", "no findings in 1 file\n")


def test_the_working_directory_is_the_default(project: Path, lint: Lint) -> None:
    status, out, err = lint("--output-format", "concise")
    assert status == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ["adam.py", "softmax.py"]
    assert "2 findings (1 error, 1 warning) in 3 files" in err


@pytest.mark.parametrize(
    "words", [(".",), ("--select", "ALL", "."), ("--fix", "."), ("--diff", "."), ("--statistics", ".")]
)
def test_no_files_is_exit_code_0_with_a_note(
    tmp_path: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert lint(*words) == (0, "", "no Python files to lint\n")


def test_no_files_is_an_empty_list_in_json(tmp_path: Path, lint: Lint) -> None:
    assert lint("--output-format", "json", str(tmp_path))[:2] == (0, "[]\n")


def test_select_ignore_and_extend_select(project: Path, lint: Lint) -> None:
    assert lint.codes() == ["TCK301", "TCK101"]
    assert lint.codes("--select", "TCK1") == ["TCK101"]
    assert lint.codes("--select", "adam-with-weight-decay,TCK2") == ["TCK301"]
    assert lint.codes("--ignore", "TCK101") == ["TCK301"]
    assert lint.codes("--select", "TCK2", "--extend-select", "TCK3", "--extend-select", "TCK101") == [
        "TCK301",
        "TCK101",
    ]
    assert lint.codes("--select", "ALL", "--ignore", "TCK3") == ["TCK101"]


def test_settings_hold_and_the_command_line_goes_before_them(project: Path, lint: Lint) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.torchcheck]\nignore = ["TCK301"]\noutput-format = "concise"\nextend-exclude = ["softmax.py"]\n',
        encoding="utf-8",
    )
    assert lint() == (0, "", "no findings in 2 files\n")
    assert lint.codes("--select", "TCK301") == ["TCK301"]
    assert lint.codes("--isolated") == ["TCK301", "TCK101"]
    assert lint.codes("--exclude", "adam.py", "--isolated") == ["TCK101"]
    status, out, _ = lint("softmax.py")
    assert (status, out.count("\n")) == (1, 1)


def test_settings_are_those_of_the_project_that_is_linted(
    project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text('[tool.torchcheck]\nselect = ["TCK3"]\n', encoding="utf-8")
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    assert lint.codes(str(project / "softmax.py"), "../adam.py") == ["TCK301"]


def test_per_file_ignores(project: Path, lint: Lint) -> None:
    (project / "torchcheck.toml").write_text('per-file-ignores = { "soft*.py" = ["TCK1"] }', encoding="utf-8")
    assert lint.codes() == ["TCK301"]


def test_comments_silence_findings(project: Path, lint: Lint) -> None:
    silenced = SOFTMAX.replace("y)\n", "y)  # torchcheck: ignore[TCK101] on purpose\n").replace(
        "def step(x, y)  #", "#"
    )
    (project / "softmax.py").write_text(silenced, encoding="utf-8")
    assert lint("softmax.py") == (0, "", "no findings in 1 file\n")


def test_a_blanket_comment_and_a_misspelt_rule_are_noted(project: Path, lint: Lint) -> None:
    text = SOFTMAX + "a = 1  # torchcheck: ignore\nb = 2  # torchcheck: ignore[TCK1O1]\n"
    (project / "softmax.py").write_text(text, encoding="utf-8")
    status, _, err = lint("softmax.py")
    assert status == 1
    assert "torchcheck: note: softmax.py:10: `ignore` silences nothing: name the rule, as in ignore[TCK101]\n" in err
    assert "torchcheck: note: softmax.py:11: unknown rule selector `TCK1O1`; did you mean `TCK101`?\n" in err


def test_exit_zero(project: Path, lint: Lint) -> None:
    status, out, _ = lint("--exit-zero")
    assert status == 0
    assert "TCK101" in out


def test_statistics(project: Path, lint: Lint) -> None:
    status, out, _ = lint("--statistics")
    assert (status, out) == (1, "1  TCK101  softmax-before-cross-entropy\n1  TCK301  adam-with-weight-decay\n")


def test_show_files(project: Path, lint: Lint) -> None:
    assert lint("--show-files", "--extend-exclude", "a*.py") == (0, "clean.py\nsoftmax.py\n", "")


def test_force_exclude(project: Path, lint: Lint) -> None:
    assert lint.codes("softmax.py", "--extend-exclude", "softmax.py") == ["TCK101"]
    assert lint.codes("softmax.py", "--extend-exclude", "softmax.py", "--force-exclude") == []


def test_output_file(project: Path, lint: Lint) -> None:
    status, out, _ = lint("--output-format", "json", "-o", "lint.json")
    assert (status, out) == (1, "")
    assert [data["code"] for data in json.loads((project / "lint.json").read_text())] == [
        "TCK301",
        "TCK101",
    ]


def test_output_file_that_can_not_be_written(project: Path, lint: Lint) -> None:
    status, _, err = lint("-o", ".")
    assert status == 2
    assert "torchcheck: error: --output-file .: can't be written: " in err


def test_json_keeps_the_keys_of_the_contract(project: Path, lint: Lint) -> None:
    _, out, _ = lint("softmax.py", "--output-format", "json", "--no-cache")
    (data,) = json.loads(out)
    required = {"code", "name", "severity", "message", "why", "help", "filename", "location", "end_location", "lens"}
    assert required <= set(data) <= required | {"module", "step", "evidence", "fix", "cell", "url"}
    assert data["location"] == {"row": 9, "column": 12}
    assert data["lens"] == "static"
    assert data["filename"] == str(project / "softmax.py")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"def f(:\n    import torch\n", id="syntax error"),
        pytest.param(b"import torch\nx = '\xff'\n", id="not UTF-8"),
        pytest.param(b"import torch\x00\n", id="NUL byte"),
        pytest.param(b"# coding: nonsense\nimport torch\n", id="no such encoding"),
    ],
)
def test_a_file_that_can_not_be_read_is_one_finding_and_the_rest_goes_on(
    project: Path, lint: Lint, data: bytes
) -> None:
    (project / "adam.py").write_bytes(data)
    assert lint.codes() == ["TCK002", "TCK101"]
    assert lint.codes("--select", "TCK2") == ["TCK002"]
    assert (
        lint.codes("--ignore", "unreadable-file")
        == lint.codes("--select", "TCK101", "--ignore", "TCK002")
        == ["TCK101"]
    )


class TestStdin:
    """`torchcheck lint -`."""

    @staticmethod
    def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    def test_source_comes_from_stdin(self, project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(monkeypatch, SOFTMAX.encode())
        status, out, _ = lint("-")
        assert status == 1
        assert out.startswith("<stdin>:9:12: error TCK101 ")
        assert "9 |     return criterion(model(x), y)\n" in out

    def test_it_may_have_a_name(self, project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(monkeypatch, SOFTMAX.encode())
        assert lint("-", "--stdin-filename", "src/new.py")[1].startswith("src/new.py:9:12: ")

    def test_a_name_that_is_excluded(self, project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(monkeypatch, SOFTMAX.encode())
        assert lint("-", "--stdin-filename", "build/new.py", "--force-exclude")[0] == 0

    def test_fixed_source_goes_to_stdout_and_findings_to_stderr(self, project: Path) -> None:
        words = [sys.executable, "-m", "torchcheck", "lint", "-", "--fix", "--unsafe-fixes"]
        done = subprocess.run(words, input=ADAM.encode(), capture_output=True, check=False)
        assert done.returncode == 0
        assert done.stdout.decode() == ADAM.replace("Adam(", "AdamW(")
        done = subprocess.run(words[:-1], input=ADAM.encode(), capture_output=True, check=False)
        assert (done.returncode, done.stdout.decode()) == (1, ADAM)
        assert b"TCK301" in done.stderr


class TestFixes:
    """`--fix`, `--unsafe-fixes` and `--diff`."""

    def test_unsafe_fixes_wait_for_permission(self, project: Path, lint: Lint) -> None:
        status, _, err = lint("adam.py", "--fix")
        assert status == 1
        assert (project / "adam.py").read_text() == ADAM
        assert "1 can be fixed with --fix --unsafe-fixes" in err

    def test_fixing_changes_the_file_and_leaves_no_finding(self, project: Path, lint: Lint) -> None:
        status, out, err = lint("adam.py", "--fix", "--unsafe-fixes")
        assert (status, out) == (0, "")
        assert (project / "adam.py").read_text() == ADAM.replace("Adam(", "AdamW(")
        assert err.startswith("fixed 1 finding in 1 file: 1 TCK301\n")
        assert "no findings in 1 file" in err

    def test_diff_changes_nothing(self, project: Path, lint: Lint) -> None:
        status, out, err = lint("adam.py", "--diff", "--unsafe-fixes")
        assert status == 1
        assert out.startswith("--- adam.py\n+++ adam.py\n@@ ")
        assert "\n+    return torch.optim.AdamW(" in out
        assert (project / "adam.py").read_text() == ADAM
        assert err.startswith("would fix 1 finding in 1 file: 1 TCK301\n")

    def test_diff_tells_how_to_see_the_unsafe_fixes(self, project: Path, lint: Lint) -> None:
        status, out, err = lint("adam.py", "--diff")
        assert (status, out) == (1, "")
        assert err.endswith("; 1 can be shown with --diff --unsafe-fixes\n")

    def test_diff_is_no_json(self, project: Path, lint: Lint) -> None:
        status, out, err = lint("adam.py", "--diff", "--output-format", "json")
        assert (status, out) == (2, "")
        assert err.startswith("torchcheck: error: --diff shows a patch, not findings; ")

    def test_line_ends_byte_order_mark_and_encoding_stay(self, project: Path, lint: Lint) -> None:
        data = b"\xef\xbb\xbf" + ADAM.replace("\n", "\r\n").encode()
        (project / "adam.py").write_bytes(data)
        lint("adam.py", "--fix", "--unsafe-fixes")
        assert (project / "adam.py").read_bytes() == data.replace(b"Adam(", b"AdamW(")
        latin = ("# coding: latin-1\n# é\n" + ADAM).encode("latin-1")
        (project / "adam.py").write_bytes(latin)
        lint("adam.py", "--fix", "--unsafe-fixes")
        assert (project / "adam.py").read_bytes() == latin.replace(b"Adam(", b"AdamW(")

    def test_silenced_findings_are_not_fixed(self, project: Path, lint: Lint) -> None:
        text = ADAM.replace("0.01)", "0.01)  # noqa: TCK301")
        (project / "adam.py").write_text(text, encoding="utf-8")
        assert lint("adam.py", "--fix", "--unsafe-fixes")[0] == 0
        assert (project / "adam.py").read_text() == text

    def test_unsafe_fixes_alone_are_noted(self, project: Path, lint: Lint) -> None:
        assert "--unsafe-fixes has an effect only with --fix or --diff" in lint("clean.py", "--unsafe-fixes")[2]


def test_a_rule_that_breaks_is_a_finding_and_the_rest_goes_on(
    project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, fact: LossFed) -> Iterable[Found]:
        raise ZeroDivisionError("oops")

    rule = find_rule("TCK101")
    assert rule is not None
    monkeypatch.setattr(rule, "loss", fail)
    status, out, _ = lint("--output-format", "json", "--exit-zero")
    assert status == 2
    internal, adam = sorted(json.loads(out), key=lambda data: data["code"])
    assert (internal["code"], internal["name"], adam["code"]) == ("TCK000", "internal-error", "TCK301")
    assert "TCK101" in internal["message"]
    assert "ZeroDivisionError: oops" in internal["message"]
    assert "report" in internal["help"]
    assert internal["filename"] == str(project / "softmax.py")


def test_source_that_the_terminal_can_not_show_is_escaped(project: Path) -> None:
    (project / "softmax.py").write_text(SOFTMAX.replace("y)\n\n", "y)\n\n").replace("return", "return", 1) + "# 模型\n")
    done = subprocess.run(
        [sys.executable, "-m", "torchcheck", "lint", "softmax.py"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"\\u6a21" in done.stdout

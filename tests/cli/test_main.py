"""`torchcheck` itself: finding the command, and one line for every user error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from torchcheck import __version__
from torchcheck.cli.main import COMMANDS, main


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"torchcheck {__version__}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("words", ["{} --help", "help {}"])
def test_every_command_has_help(command: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(words.format(command).split())
    assert done.value.code == 0
    assert f"usage: torchcheck {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lnt"], "no command `lnt`; did you mean `lint`?"),
        (["xyzzy"], "no command `xyzzy`; there are lint, run, preflight, curves, rule, history, report, demo"),
        (["--select", "TCK1"], "options come after the command: torchcheck COMMAND --select; see `torchcheck --help`"),
        (
            ["lint", "--slect", "TCK1"],
            "unrecognized arguments: --slect; did you mean --select?; see `torchcheck lint --help`",
        ),
        (
            ["lint", "--select", "TCK999"],
            "unknown rule selector `TCK999`: no rule's code starts so; `torchcheck rule --all` lists them",
        ),
        (["lint", "nowhere.py"], "no such file or directory: nowhere.py"),
        (["lint", "-", "train.py"], "standard input (-) can't be linted together with other paths"),
        (["lint", "--output-format", "xml"], "argument --output-format: invalid choice: 'xml'"),
        (["run"], "name a script, as in `torchcheck run train.py`, or a module with -m"),
        (["run", "--steps", "0", "x.py"], "argument --steps: must be a whole number of at least 1, not '0'"),
        (["run", "--stpes", "3", "x.py"], "unrecognized arguments: --stpes; did you mean --steps?"),
        (["rule", "TCK00"], "`TCK00` stands for several rules (TCK001, TCK002); name one of them"),
        (["rule", "TCK101", "--all"], "name one rule"),
        (["rule", "softmax-before-crossentropy"], "did you mean `softmax-before-cross-entropy`?"),
    ],
)
def test_a_user_error_is_one_line_and_exit_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("torchcheck: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_file_in_place_of_a_command_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").touch()
    assert main(["train.py"]) == 2
    assert "did you mean `torchcheck lint train.py`?" in capsys.readouterr().err


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import torchcheck.cli.rule

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(torchcheck.cli.rule, "main", interrupted)
    assert main(["rule", "TCK101"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_bug_of_ours_shows_its_traceback_and_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torchcheck.cli.rule

    def fail(_: object) -> int:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(torchcheck.cli.rule, "main", fail)
    assert main(["rule", "TCK101"]) == 2
    err = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in err
    assert err.endswith("this is a bug in torchcheck; please report it with the lines above\n")


@pytest.mark.parametrize("words", [["rule", "--all"], ["--help"]])
def test_a_reader_that_leaves_early_is_no_error(words: list[str]) -> None:
    command = [sys.executable, "-m", "torchcheck", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141

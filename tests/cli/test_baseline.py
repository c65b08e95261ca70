"""`--baseline` and `--write-baseline`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.calling import ADAM, SOFTMAX, Lint

KNOWN = "torchcheck-baseline.json"
TWICE = ADAM + ADAM.replace("optimizer", "another")


def test_what_is_written_hides_what_was_found(project: Path, lint: Lint) -> None:
    status, out, err = lint("--write-baseline")
    assert (status, out) == (0, "")
    assert err == f"wrote {KNOWN}: 2 findings: 1 TCK101, 1 TCK301\n"
    findings = {"adam.py": {"TCK301": 1}, "softmax.py": {"TCK101": 1}}
    expected = json.dumps({"findings": findings, "version": 1}, indent=2) + "\n"
    assert (project / KNOWN).read_text() == expected
    assert lint("--baseline", KNOWN) == (0, "", "no findings in 3 files, 2 hidden by the baseline\n")
    assert lint.codes() == ["TCK301", "TCK101"]


def test_the_baseline_may_be_a_setting_and_is_found_from_its_file(
    project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "sub").mkdir()
    (project / "torchcheck.toml").write_text('baseline = "sub/known.json"')
    assert lint(".", "--write-baseline")[0] == 0
    assert set(json.loads((project / "sub" / "known.json").read_text())["findings"]) == {"../adam.py", "../softmax.py"}
    monkeypatch.chdir(project / "sub")
    assert lint.codes("..") == lint.codes(str(project)) == []
    assert lint.codes("--isolated", "..") == ["TCK301", "TCK101"]


def test_moved_lines_stay_hidden_and_one_more_finding_shows_them_all(project: Path, lint: Lint) -> None:
    lint("--write-baseline")
    (project / "adam.py").write_text("# moved\n\n\n" + ADAM)
    assert lint.codes("--baseline", KNOWN) == []
    (project / "adam.py").write_text(TWICE)
    status, out, err = lint("--baseline", KNOWN, "--output-format", "concise")
    assert (status, out.count("adam.py:"), out.count("softmax.py:")) == (1, 2, 0)
    assert "torchcheck: note: adam.py: 2 TCK301 findings, the baseline has 1: all of them are shown\n" in err
    assert "2 findings (2 warnings) in 3 files, 1 hidden by the baseline" in err


def test_an_entry_that_is_no_longer_needed_is_noted(project: Path, lint: Lint) -> None:
    (project / "adam.py").write_text(TWICE)
    lint("--write-baseline")
    (project / "adam.py").write_text(ADAM)
    (project / "softmax.py").unlink()
    status, out, err = lint("--baseline", KNOWN)
    assert (status, out) == (0, "")
    assert f"note: {KNOWN}: `adam.py` has 1 TCK301 where 2 are expected; --write-baseline mends it\n" in err
    assert f"note: {KNOWN}: `softmax.py` is gone; --write-baseline mends it\n" in err
    lint("--write-baseline")
    assert json.loads((project / KNOWN).read_text())["findings"] == {"adam.py": {"TCK301": 1}}
    assert "note" not in lint("--baseline", KNOWN)[2]


def test_what_a_run_could_not_see_is_neither_noted_nor_dropped(project: Path, lint: Lint) -> None:
    lint("--write-baseline")
    before = (project / KNOWN).read_text()
    assert "note" not in lint("clean.py", "--baseline", KNOWN)[2]
    assert "note" not in lint("--select", "TCK2", "--baseline", KNOWN)[2]
    lint("clean.py", "--write-baseline")
    lint("--select", "TCK2", "--write-baseline")
    assert (project / KNOWN).read_text() == before


def test_what_the_baseline_hides_is_not_fixed(project: Path, lint: Lint) -> None:
    lint("--write-baseline")
    assert lint("--fix", "--unsafe-fixes", "--baseline", KNOWN)[0] == 0
    assert (project / "adam.py").read_text() == ADAM
    assert lint("--diff", "--unsafe-fixes", "--baseline", KNOWN)[:2] == (0, "")


def test_findings_in_json_are_those_that_are_not_hidden(project: Path, lint: Lint) -> None:
    lint("softmax.py", "--write-baseline")
    assert lint.codes("--baseline", KNOWN) == ["TCK301"]


@pytest.mark.skipif(os.name == "nt", reason="names there are text")
def test_names_of_any_kind_are_kept(project: Path, lint: Lint) -> None:
    for name in (b"\xff.py", "模型 1.py".encode()):
        (project / os.fsdecode(name)).write_text(ADAM)
    assert lint("--write-baseline")[0] == 0
    assert lint("--baseline", KNOWN)[0] == 0
    assert "模型 1.py" in (project / KNOWN).read_text("utf-8", "replace")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no such baseline; --write-baseline makes it"),
        ("<<<<<<< HEAD", "not a baseline: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "not a baseline: it does not count findings by file and rule"),
        ('{"version": 1, "findings": {"a.py": {"TCK101": "1"}}}', "not a baseline: it does not count findings by file"),
        ('{"version": 2, "findings": {}}', "a baseline of version 2, not 1"),
    ],
)
def test_a_file_that_is_no_baseline_is_one_line(project: Path, lint: Lint, text: str | None, message: str) -> None:
    if text is not None:
        (project / "known.json").write_text(text)
    status, out, err = lint("--baseline", "known.json")
    assert (status, out) == (2, "")
    assert err.startswith(f"torchcheck: error: known.json: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--write-baseline", "softmax.py"), "--write-baseline softmax.py: is source; name PATHs before this option, "),
        (("--write-baseline", "."), "--write-baseline .: is a directory; name PATHs before this option, "),
        (("--write-baseline", "no/known.json"), "--write-baseline no/known.json: there is no directory no\n"),
        (("--write-baseline", "--baseline", "x"), "--baseline and --write-baseline can't be used together; "),
        (("--write-baseline", "--fix"), "--write-baseline and --fix can't be used together\n"),
        (("-", "--write-baseline"), "--write-baseline needs files, and standard input is none\n"),
    ],
)
def test_a_place_that_can_not_hold_a_baseline(project: Path, lint: Lint, words: tuple[str, ...], message: str) -> None:
    status, out, err = lint(*words)
    assert (status, out) == (2, "")
    assert err.startswith(f"torchcheck: error: {message}")
    assert (project / "softmax.py").read_text() == SOFTMAX

"""The options of `torchcheck lint` that choose rules, files and the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import Lint
from torchcheck.rules import find_rule


def configure(project: Path, text: str, name: str = "torchcheck.toml") -> None:
    (project / name).write_text(text, encoding="utf-8")


def test_per_file_ignores_stand_in_place_of_those_of_the_file(project: Path, lint: Lint) -> None:
    configure(project, 'per-file-ignores = { "soft*.py" = ["TCK1"] }')
    assert lint.codes() == ["TCK301"]
    assert lint.codes("--per-file-ignores", "a*.py:TCK3") == ["TCK101"]
    assert lint.codes("--per-file-ignores", "") == ["TCK301", "TCK101"]


def test_extend_per_file_ignores_stand_beside_those_of_the_file(project: Path, lint: Lint) -> None:
    configure(project, 'per-file-ignores = { "soft*.py" = ["TCK1"] }')
    assert lint.codes("--extend-per-file-ignores", "a*.py:TCK3") == []
    configure(project, 'extend-per-file-ignores = { "soft*.py" = ["TCK1"] }')
    assert lint.codes() == ["TCK301"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["*.py:TCK101,adam-with-weight-decay"], id="codes belong to the pattern before them"),
        pytest.param(["softmax.py:TCK101,adam.py:TCK301"], id="pairs with a comma"),
        pytest.param(["softmax.py:TCK1", "--per-file-ignores", "adam.py:TCK3"], id="repeated"),
        pytest.param(["*.py : TCK101 , TCK301"], id="with spaces"),
    ],
)
def test_spellings_of_per_file_ignores(project: Path, lint: Lint, words: list[str]) -> None:
    assert lint.codes("--per-file-ignores", *words) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("TCK101", "'TCK101' is not PATTERN:RULE, as in 'tests/*:TCK203'"),
        (":TCK101", "':TCK101' is not PATTERN:RULE, as in 'tests/*:TCK203'"),
        ("a.py:", "'a.py:' is not PATTERN:RULE, as in 'tests/*:TCK203'"),
        ("a.py:TKC101", "unknown rule selector `TKC101`; did you mean `TCK101`?"),
    ],
)
def test_a_wrong_per_file_ignore_is_one_line(project: Path, lint: Lint, value: str, message: str) -> None:
    status, out, err = lint("--per-file-ignores", value)
    expected = f"torchcheck: error: argument --per-file-ignores: {message}; see `torchcheck lint --help`\n"
    assert (status, out, err) == (2, "", expected)


def test_what_git_ignores_is_left_out_unless_told_otherwise(project: Path, lint: Lint) -> None:
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("adam.py\n")
    assert lint.codes() == ["TCK101"]
    assert lint.codes("--no-respect-gitignore") == ["TCK301", "TCK101"]
    configure(project, "respect-gitignore = false")
    assert lint.codes() == ["TCK301", "TCK101"]
    assert lint.codes("--respect-gitignore") == ["TCK101"]


def test_force_exclude_may_be_a_setting(project: Path, lint: Lint) -> None:
    configure(project, 'force-exclude = true\nextend-exclude = ["adam.py"]')
    assert lint.codes("adam.py", "softmax.py") == ["TCK101"]
    assert lint.codes("adam.py", "softmax.py", "--no-force-exclude") == ["TCK301", "TCK101"]


def test_exit_non_zero_on_fix(project: Path, lint: Lint) -> None:
    words = ("adam.py", "--fix", "--unsafe-fixes")
    before = (project / "adam.py").read_text()
    assert lint(*words, "--exit-non-zero-on-fix")[0] == 1
    assert lint(*words, "--exit-non-zero-on-fix")[0] == 0
    (project / "adam.py").write_text(before)
    assert lint(*words, "--exit-non-zero-on-fix", "--exit-zero")[0] == 0


def test_preview_turns_preview_rules_on(project: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = find_rule("TCK301")
    assert rule is not None
    monkeypatch.setattr(rule, "preview", True)
    assert lint.codes() == ["TCK101"]
    assert lint.codes("--preview") == ["TCK301", "TCK101"]
    assert lint.codes("--select", "adam-with-weight-decay") == ["TCK301"]
    configure(project, "preview = true")
    assert lint.codes() == ["TCK301", "TCK101"]
    assert lint.codes("--no-preview") == ["TCK101"]


def test_target_torch_is_a_version(project: Path, lint: Lint) -> None:
    status, _, err = lint("--target-torch", "new")
    assert status == 2
    assert err == (
        "torchcheck: error: argument --target-torch: must be a version like 2.4, not 'new'; "
        "see `torchcheck lint --help`\n"
    )


def test_show_settings_says_where_each_one_comes_from(project: Path, lint: Lint) -> None:
    configure(project, 'ignore = ["TCK105"]\nrules.update-too-small.ratio = 1e-5\nexclude = ["x"]')
    status, out, err = lint(
        "--show-settings", "--select", "TCK1", "--ignore", "TCK106", "--target-torch", "2.4", "--config", "preview=true"
    )
    assert (status, err) == (0, "")
    rows = {line.split("  #")[0].rstrip(): line.rpartition("  # ")[2] for line in out.splitlines()}
    assert rows['select = ["TCK1"]'] == "command line"
    assert rows['ignore = ["TCK105", "TCK106"]'] == "torchcheck.toml, command line"
    assert rows['exclude = ["x"]'] == "torchcheck.toml"
    assert rows["extend-exclude = []"] == "default"
    assert rows["preview = true"] == "--config"
    assert rows['target-torch = "2.4"'] == "command line"
    assert rows["# baseline is not set"] == "default"
    assert rows["rules.update-too-small.ratio = 1e-05"] == "torchcheck.toml"
    assert out.startswith(f"# settings that hold in {project}\n")
    assert "#   TCK101 softmax-before-cross-entropy\n" in out
    assert "TCK106" not in out.partition("rules that are on")[2]


def test_show_settings_can_be_read_back(project: Path, lint: Lint) -> None:
    words = ("--select", "TCK1", "--per-file-ignores", 'a "b".py:TCK1', "--target-torch", "2.4")
    _, out, _ = lint("--show-settings", *words)
    configure(project, out)
    _, again, _ = lint("--show-settings")
    assert [line.split("  #")[0] for line in again.splitlines()] == [line.split("  #")[0] for line in out.splitlines()]
    assert 'per-file-ignores = { "a \\"b\\".py" = ["TCK1"] }' in again

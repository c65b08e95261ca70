"""`pytest --torchcheck-history`."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.history.run import load

_PLANT = (Path(__file__).parent.parent / "plugin" / "plant.py").read_text(encoding="utf-8")
_TESTS = """
    def test_bad(torchcheck):
        plant("TCK201")

    def test_good(torchcheck):
        pass

    def test_unwatched():
        pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("TORCHCHECK_HISTORY_DIR")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")
    pytester.makeconftest(_PLANT)
    return pytester


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_session_leaves_one_folder(project: pytest.Pytester, workers: list[str]) -> None:
    if workers:
        pytest.importorskip("xdist")
    project.makepyfile(_TESTS)
    project.runpytest("--torchcheck-history", *workers).assert_outcomes(passed=2, failed=1)
    (folder,) = (project.path / ".torchcheck" / "runs").glob("2*")
    run = load(folder)
    assert (run.start["command"]["door"], run.status) == ("pytest", "failed (1)")
    assert [finding.code for finding in run.findings] == ["TCK201"]
    told = {test["name"].partition("::")[2]: test["outcome"] for test in run.lead.tests}
    assert told == {"test_bad": "failed", "test_good": "passed"}


def test_no_folder_without_being_asked(project: pytest.Pytester) -> None:
    project.makepyfile(_TESTS)
    project.runpytest()
    assert not (project.path / ".torchcheck").exists()


def test_a_folder_that_cannot_be_written_is_one_line(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.path / "file").touch()
    monkeypatch.setenv("TORCHCHECK_HISTORY_DIR", str(project.path / "file" / "runs"))
    project.makepyfile(_TESTS)
    result = project.runpytest("--torchcheck-history")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["torchcheck: No history of this run is kept: *Not a directory."])

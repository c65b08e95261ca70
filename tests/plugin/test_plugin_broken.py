"""A bug inside torchcheck becomes a remark; the test goes its own way."""

from __future__ import annotations

import pytest

PLACES = {
    "enter": "def broken(self): raise RuntimeError('bug')\nPlantedWatch.__enter__ = broken",
    "exit": "def broken(self, *error): LIVE.clear(); raise RuntimeError('bug')\nPlantedWatch.__exit__ = broken",
    "findings": "def broken(self): raise RuntimeError('bug')\nPlantedReport.findings = property(broken)",
    "import": "del stand_in.Watch",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_bug_of_ours_never_fails_a_test(project: pytest.Pytester, place: str) -> None:
    conftest = project.path / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}\n{PLACES[place]}\n")
    project.makepyfile(
        """
        def test_fine(torchcheck): torchcheck.findings, torchcheck.remarks

        def test_fails(torchcheck): assert 1 == 2
        """
    )

    result = project.runpytest()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E  *assert 1 == 2", "remark: torchcheck broke while it watched a test (*"])
    assert result.stdout.str().count("remark:") == 1


def test_a_finding_seen_before_the_end_broke_still_counts(project: pytest.Pytester) -> None:
    conftest = project.path / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}\n{PLACES['exit']}\n")
    project.makepyfile('def test_train(torchcheck): plant("TCK201")')

    project.runpytest().assert_outcomes(failed=1)


def test_evidence_of_a_strange_type_does_not_break_the_report(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pathlib

        def test_train(torchcheck): plant("TCK201", evidence={"where": pathlib.Path("x"), (1, 2): 3})
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    assert "INTERNALERROR" not in result.stdout.str()

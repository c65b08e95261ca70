"""What a run leaves behind for people and machines, with and without pytest-xdist."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

pytest.importorskip("xdist")

TRAINING = """
    import pytest

    def train(step=0):
        plant("TCK201", message="Stale.", step=step, module="body.0", evidence={"norm": 0.5, "shape": [2, 3]})

    def test_first(torchcheck): train()

    def test_second(torchcheck): train(step=3)

    @pytest.mark.torchcheck
    def test_third(): plant("TCK301", level="warning", message="Decay.")

    def test_clean(torchcheck): pass

    @pytest.mark.xfail
    def test_known(torchcheck): plant("TCK101")
"""

alone_and_in_workers = pytest.mark.parametrize(
    "workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.slow)], ids=["alone", "xdist"]
)


@alone_and_in_workers
def test_the_summary_lists_each_mistake_once_with_its_tests(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(test_it=TRAINING)

    result = project.runpytest(*workers)

    result.assert_outcomes(failed=2, passed=2, xfailed=1, warnings=1)
    text = result.stdout.str()
    assert text.count("= torchcheck =") == 1
    section = text.partition("= torchcheck =")[2].partition("= short test summary")[0]
    assert section.count("test_it.py:4:5: error TCK201 [missing-zero-grad] Stale.") == 1
    assert section.count("test_it.py:11:5: warning TCK301 [adam-with-weight-decay] Decay.") == 1
    assert "2 findings (1 error, 1 warning)" in section
    assert {"test_it.py::test_first", "test_it.py::test_second", "test_it.py::test_third"} <= set(section.split("\n"))
    assert "test_clean" not in section
    assert "TCK101" not in section


@alone_and_in_workers
def test_there_is_no_section_without_findings(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile("def test_clean(torchcheck): pass")

    result = project.runpytest(*workers)

    result.assert_outcomes(passed=1)
    assert "= torchcheck =" not in result.stdout.str()


@alone_and_in_workers
def test_remarks_are_said_once(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.torchcheck
        @pytest.mark.parametrize("i", range(3))
        def test_train(i):
            with pytest.raises(ZeroDivisionError):
                1 / 0
            1 / 0
        """
    )

    result = project.runpytest(*workers)

    assert result.stdout.str().count("remark: saw ZeroDivisionError: division by zero") == 1


@alone_and_in_workers
def test_many_tests_of_one_mistake_are_counted(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("i", range(12))
        def test_train(torchcheck, i): plant("TCK201")
        """
    )

    result = project.runpytest(*workers)

    result.stdout.fnmatch_lines(["… and 8 more tests", "  *:4:5: error TCK201*", "1 finding (1 error)"])


class _Reader:
    """Keeps the reports that carry findings, as the process sees them that prints the summary."""

    def __init__(self) -> None:
        self.reports: dict[str, pytest.TestReport] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "torchcheck"):
            self.reports[report.nodeid.rpartition(":")[2]] = report


@alone_and_in_workers
def test_a_report_carries_plain_findings(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(test_it=TRAINING)
    reader = _Reader()

    project.runpytest(*workers, plugins=[reader])

    report = reader.reports["test_second"]
    record = getattr(report, "torchcheck", {})
    assert json.loads(json.dumps(record)) == record
    assert record["remarks"] == []
    (finding,) = record["findings"]
    assert (finding["code"], finding["severity"], finding["location"]["row"]) == ("TCK201", "error", 4)
    assert (finding["step"], finding["module"]) == (3, "body.0")
    assert finding["evidence"] == {"norm": 0.5, "shape": [2, 3]}
    assert finding["filename"] == str(project.path / "test_it.py")
    assert (report.when, report.sections) == ("call", [])  # the failure itself is the text
    properties = [tuple(entry) for entry in report.user_properties]
    assert properties == [("torchcheck", "test_it.py:4:5: error TCK201 [missing-zero-grad] Stale.")]
    warned = reader.reports["test_third"]
    assert [name for name, text in warned.sections if "warning TCK301" in text] == ["torchcheck"]


@alone_and_in_workers
def test_junit_knows_the_findings(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(test_it=TRAINING)

    project.runpytest("--junitxml=report.xml", *workers)

    cases = {case.get("name"): case for case in ElementTree.parse(project.path / "report.xml").iter("testcase")}
    assert _properties(cases["test_first"]) == ["test_it.py:4:5: error TCK201 [missing-zero-grad] Stale."]
    assert _properties(cases["test_third"]) == ["test_it.py:11:5: warning TCK301 [adam-with-weight-decay] Decay."]
    assert _properties(cases["test_clean"]) == []
    failure = cases["test_first"].find("failure")
    assert failure is not None
    assert failure.get("message") == "TCK201 Stale."
    assert "= help: Mend it." in (failure.text or "")


@alone_and_in_workers
def test_a_warning_can_be_escalated(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile('def test_train(torchcheck): plant("TCK301", level="warning")')

    result = project.runpytest("-W", "error::torchcheck.TorchcheckWarning", *workers)

    result.assert_outcomes(failed=1)


@alone_and_in_workers
def test_flags_reach_every_test(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    project.makepyfile(
        """
        def test_train():
            plant("TCK201")
            plant("TCK301", level="warning")
        """
    )

    result = project.runpytest("--torchcheck", "--torchcheck-select=TCK3", "--torchcheck-fail-on=warning", *workers)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["torchcheck: every test is watched, fails from level warning"])
    assert "TCK201" not in result.stdout.str().partition("= torchcheck =")[2]


def test_colours_follow_the_terminal(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=TRAINING)

    assert "\x1b[1;31merror TCK201\x1b[0m" in project.runpytest("--color=yes").stdout.str()
    assert "\x1b" not in project.runpytest("--color=no").stdout.str()


def _properties(case: ElementTree.Element) -> list[str | None]:
    return [entry.get("value") for entry in case.iter("property") if entry.get("name") == "torchcheck"]

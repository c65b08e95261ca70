"""An error-level finding fails its test, with a text that a user can act on."""

from __future__ import annotations

import pytest


def test_a_finding_fails_the_test_in_its_call_phase(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_train(torchcheck):
            loss = 1
            plant("TCK201", message="The gradients of step 0 are still there.", step=1, evidence={"norm": 0.51234})
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_train _*",
            "test_*.py:3:5: error TCK201 [[]missing-zero-grad[]] The gradients of step 0 are still there.",
            '3 |     plant("TCK201", message=*',
            "  = seen: at step 1: norm 0.512",
            "  = why: It hurts.",
            "  = help: Mend it.",
        ],
        consecutive=False,
    )
    result.stdout.fnmatch_lines(["FAILED test_*.py::test_train - TCK201 The gradients of step 0 are *"])


def test_the_failure_shows_no_frame_of_ours(project: pytest.Pytester) -> None:
    project.makepyfile('def test_train(torchcheck): plant("TCK201")')

    result = project.runpytest("--tb=long", "--showlocals")

    result.assert_outcomes(failed=1)
    assert "pytest_torchcheck" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_all_findings_come_in_one_failure_the_gravest_first(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_train(torchcheck):
            plant("TCK301", level="warning")
            plant("TCK201", level="error", message="First error.")
            plant("TCK101", level="error", message="Second error.")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1, warnings=1)
    result.stdout.fnmatch_lines(
        ["*First error.", "*Second error.", "*warning TCK301*", "torchcheck: 3 findings (2 errors, 1 warning)"]
    )


def test_a_failure_in_one_line_stands_at_the_users_line(project: pytest.Pytester) -> None:
    path = project.makepyfile(
        """
        def test_train(torchcheck):
            plant("TCK201", message="Stale.")
        """
    )

    result = project.runpytest("--tb=line")

    result.stdout.fnmatch_lines([f"{path}:2: TCK201 Stale."])


def test_a_file_is_named_from_where_pytest_was_started(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_train(torchcheck, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            plant("TCK201")
        """
    )

    result = project.runpytest()

    result.stdout.fnmatch_lines(["test_*.py:3:5: error TCK201*", '3 |     plant("TCK201")'])


@pytest.mark.parametrize(
    ("level", "fail_on", "outcome"),
    [
        ("error", "error", {"failed": 1}),
        ("warning", "error", {"passed": 1, "warnings": 1}),
        ("info", "error", {"passed": 1}),
        ("error", "warning", {"failed": 1}),
        ("warning", "warning", {"failed": 1}),
        ("info", "warning", {"passed": 1}),
        ("error", "never", {"passed": 1, "warnings": 1}),
        ("warning", "never", {"passed": 1, "warnings": 1}),
    ],
)
def test_fail_on_sets_the_level_from_which_a_finding_fails(
    project: pytest.Pytester, level: str, fail_on: str, outcome: dict[str, int]
) -> None:
    project.makepyfile(f'def test_train(torchcheck): plant("TCK201", level="{level}")')

    result = project.runpytest(f"--torchcheck-fail-on={fail_on}")

    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines([f"*{level} TCK201*"])


def test_a_test_without_findings_passes_in_silence(project: pytest.Pytester) -> None:
    project.makepyfile("def test_train(torchcheck): assert watched() == 1 and torchcheck.findings == []")

    result = project.runpytest()

    result.assert_outcomes(passed=1)
    assert "torchcheck" not in _after_header(result)


def _after_header(result: pytest.RunResult) -> str:
    return result.stdout.str().partition("collected")[2]

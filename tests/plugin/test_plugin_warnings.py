"""A warning-level finding is a warning of Python, and obeys the filters of the user."""

from __future__ import annotations

import pytest

WARNS = """
    import pytest

    def test_train(torchcheck):
        plant("TCK301", level="warning", message="Decay is coupled.")
"""


def test_a_warning_shows_the_users_line(project: pytest.Pytester) -> None:
    path = project.makepyfile(WARNS)

    result = project.runpytest()

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            f"{path.name}::test_train",
            f"*{path.name}:4: TorchcheckWarning: TCK301 [[]adam-with-weight-decay[]] Decay is coupled. Mend it.",
            '    plant("TCK301"*',
        ],
        consecutive=True,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("-W", "error::torchcheck.TorchcheckWarning"),
        ("-W", "error"),
        ("-o", "filterwarnings=error::torchcheck.TorchcheckWarning"),
    ],
    ids=["flag", "every warning", "ini"],
)
def test_a_filter_makes_it_a_failure_with_the_same_text(project: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    project.makepyfile(WARNS)

    result = project.runpytest(*arguments)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_train _*", "*:4:5: warning TCK301*", "*= why: It hurts."])
    assert "pytest_torchcheck" not in result.stdout.str()


def test_a_mark_makes_it_a_failure_of_one_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.filterwarnings("error::torchcheck.TorchcheckWarning")
        def test_strict(torchcheck):
            plant("TCK301", level="warning")

        def test_lenient(torchcheck):
            plant("TCK301", level="warning")
        """
    )

    project.runpytest().assert_outcomes(failed=1, passed=1, warnings=1)


@pytest.mark.parametrize("which", ["ignore::torchcheck.TorchcheckWarning", "ignore::UserWarning:test_mine"])
def test_a_filter_silences_it_everywhere(project: pytest.Pytester, which: str) -> None:
    project.makepyfile(test_mine=WARNS)

    result = project.runpytest("-W", which)

    result.assert_outcomes(passed=1)
    assert "TCK301" not in result.stdout.str()


def test_a_filter_for_another_module_lets_it_pass(project: pytest.Pytester) -> None:
    project.makepyfile(test_mine=WARNS)

    project.runpytest("-W", "ignore::UserWarning:test_other").assert_outcomes(passed=1, warnings=1)

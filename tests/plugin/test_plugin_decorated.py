"""A FindingsError that a test raises itself, as `@torchcheck` does, looks like a finding of the fixture."""

from __future__ import annotations

import pytest

DECORATED = """
    import pytest
    from torchcheck import FindingsError
    from torchcheck.finding import Finding, Lens, Level, Position, Span

    def fail():
        place = Span(__file__, Position(1, 1), Position(1, 5))
        error = FindingsError("the text of the error")
        error.findings = [Finding("TCK201", "missing-zero-grad", Level.ERROR, "Stale.", "It hurts.", "Mend it.",
                                  place, Lens.RUNTIME)]
        raise error
"""


def test_a_decorated_test_fails_with_the_finding_alone(project: pytest.Pytester) -> None:
    project.makepyfile(DECORATED + "\n    def test_train(): fail()\n")

    result = project.runpytest("--tb=long")

    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "pytest_torchcheck" not in text
    assert "raise error" not in text
    result.stdout.fnmatch_lines(
        [
            "test_*.py:1:1: error TCK201 [[]missing-zero-grad[]] Stale.",
            "*= why: It hurts.",
            "*= help: Mend it.",
            "*= torchcheck =*",
            "test_*.py::test_train",
            "  test_*.py:1:1: error TCK201*",
            "FAILED test_*.py::test_train - TCK201 Stale.",
        ]
    )


def test_an_error_without_findings_fails_with_its_text(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from torchcheck import FindingsError
        def test_train(torchcheck): raise FindingsError("train.py:3: TCK201 stale")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["train.py:3: TCK201 stale"])
    assert "hooks.py" not in result.stdout.str()


def test_what_the_fixture_found_beside_it_is_shown_too(project: pytest.Pytester) -> None:
    project.makepyfile(DECORATED + "\n    def test_train(torchcheck):\n        plant('TCK101')\n        fail()\n")

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*error TCK201*", "*- torchcheck -*", "*TCK101*", "2 findings (2 errors)"])


def test_xfail_knows_the_error(project: pytest.Pytester) -> None:
    project.makepyfile(
        DECORATED + "\n    @pytest.mark.xfail(raises=FindingsError, strict=True)\n    def test_train(): fail()\n"
    )

    project.runpytest().assert_outcomes(xfailed=1)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("'TCK1O1', reason='known'", "test_*.py:2: torchcheck: unknown rule selector `TCK1O1`; did you mean `TCK101`?"),
        ("'TCK101', reason=' '", "test_*.py:2: torchcheck: allow('TCK101') needs a reason*"),
    ],
)
def test_a_wrong_allowance_is_one_line(project: pytest.Pytester, call: str, line: str) -> None:
    project.makepyfile(f"def test_train(torchcheck):\n    torchcheck.allow({call})\n")

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*_ test_train _*", line], consecutive=True)
    assert "fixture.py" not in result.stdout.str()

"""Which tests are watched: none unasked; by fixture, marker, flag or configuration."""

from __future__ import annotations

import pytest

NOBODY_ASKS = "def test_train(): assert watched() == 0"


def test_nothing_is_watched_unasked(project: pytest.Pytester) -> None:
    project.makepyfile(NOBODY_ASKS)

    result = project.runpytest()

    result.assert_outcomes(passed=1)
    assert "torchcheck:" not in result.stdout.str()


def test_the_marker_watches_the_test_the_class_or_the_module(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_one="""
        import pytest

        @pytest.mark.torchcheck
        def test_marked(): assert watched() == 1

        def test_plain(): assert watched() == 0

        @pytest.mark.torchcheck
        class TestClass:
            def test_marked(self): assert watched() == 1
        """,
        test_two="""
        import pytest
        pytestmark = pytest.mark.torchcheck

        def test_marked(): assert watched() == 1
        """,
    )

    project.runpytest("--strict-markers").assert_outcomes(passed=4)


@pytest.mark.parametrize("arguments", [("--torchcheck",), ("-o", "torchcheck=true")], ids=["flag", "ini"])
def test_every_test_can_be_watched(project: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    project.makepyfile("def test_train(): assert watched() == 1")

    result = project.runpytest(*arguments)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["torchcheck: every test is watched, fails from level error"])


def test_no_torchcheck_watches_nothing_at_all(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ntorchcheck = true")
    project.makepyfile(
        """
        import pytest

        def test_plain(): assert watched() == 0

        @pytest.mark.torchcheck(select="TCK999")
        def test_marked(): assert watched() == 0

        def test_fixture(torchcheck):
            torchcheck.allow("TCK201", reason="it is off")
            assert watched() == 0
            assert torchcheck.findings == torchcheck.remarks == []
        """
    )

    result = project.runpytest("--no-torchcheck")

    result.assert_outcomes(passed=3)
    assert "every test is watched" not in result.stdout.str()


def test_a_marker_turns_one_test_off(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.torchcheck(ignore="ALL")
        def test_off(): assert watched() == 0
        """
    )

    project.runpytest("--torchcheck", "--torchcheck-select=TCK201").assert_outcomes(passed=1)


def test_a_marker_watches_the_fixtures_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def trained(): plant("TCK201", message="Trained badly.")

        @pytest.mark.torchcheck
        def test_model(trained): pass
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Trained badly."])


def test_the_fixture_watches_from_where_it_is_requested(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def before(): assert watched() == 0

        @pytest.fixture
        def after():
            assert watched() == 1
            yield
            assert watched() == 0

        def test_order(before, torchcheck, after): assert watched() == 1

        def test_late(request):
            assert watched() == 0
            request.getfixturevalue("torchcheck")
            plant("TCK201")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_late - TCK201*"])


def test_the_fixture_gives_findings_while_the_test_runs(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_findings(torchcheck):
            plant("TCK201", level="error")
            plant("TCK301", level="warning")
            assert [finding.code for finding in torchcheck.findings] == ["TCK201", "TCK301"]
            torchcheck.allow("TCK201", reason="the point of this test")
            torchcheck.allow("adam-with-weight-decay", reason="the same")
        """
    )

    project.runpytest().assert_outcomes(passed=1)


def test_what_is_allowed_neither_fails_nor_warns(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def lenient(torchcheck): torchcheck.allow("TCK2", reason="an experiment")

        def test_before(torchcheck):
            torchcheck.allow("TCK201", reason="as a test of the trainer")
            plant("TCK201")

        def test_after(torchcheck):
            plant("TCK301")
            torchcheck.allow("TCK301", reason="the same")

        def test_by_a_fixture(lenient): plant("TCK202")

        def test_of_another_rule(lenient): plant("TCK101")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_of_another_rule - TCK101*"])


def test_allow_says_what_it_needs(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from torchcheck import UsageError

        def test_allow(torchcheck):
            with pytest.raises(UsageError, match="unknown rule selector `TCK2O1`; did you mean `TCK201`"):
                torchcheck.allow("TCK2O1", reason="a slip of the finger")
            with pytest.raises(UsageError, match="needs a reason"):
                torchcheck.allow("TCK201", reason=" ")
            with pytest.raises(TypeError, match="reason"):
                torchcheck.allow("TCK201")
        """
    )

    project.runpytest().assert_outcomes(passed=1)


def test_without_the_plugin_nothing_of_it_is_left(project: pytest.Pytester) -> None:
    project.makepyfile(NOBODY_ASKS)

    result = project.runpytest_subprocess("-p", "no:torchcheck", "--markers")

    assert "torchcheck" not in result.stdout.str()
    project.runpytest_subprocess("-p", "no:torchcheck").assert_outcomes(passed=1)


def test_the_marker_explains_itself(project: pytest.Pytester) -> None:
    result = project.runpytest("--markers")

    result.stdout.fnmatch_lines(["@pytest.mark.torchcheck(select=…, ignore=…, fail_on=…): watch the test for *"])


def test_the_flags_explain_themselves(project: pytest.Pytester) -> None:
    result = project.runpytest("--help")

    result.stdout.fnmatch_lines(["torchcheck: find the training bugs*", "  --torchcheck *", "  --no-torchcheck *"])
    result.stdout.fnmatch_lines(["  torchcheck_fail_on (string):*"])

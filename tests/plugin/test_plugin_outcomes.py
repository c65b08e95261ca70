"""Findings beside the other ways in which a test can end, and in tests of every kind."""

from __future__ import annotations

import pytest


def test_the_tests_own_failure_stays_and_the_findings_are_a_section(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_train(torchcheck):
            plant("TCK201", message="Stale.")
            assert 1 == 2
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E  *assert 1 == 2", "*- torchcheck -*", "*:2:5: error TCK201*Stale."])
    result.stdout.fnmatch_lines(["FAILED *::test_train - assert 1 == 2"])


def test_the_probes_are_told_what_was_raised(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import unittest, pytest

        def test_function(torchcheck): 1 / 0

        @pytest.mark.torchcheck
        class TestCase(unittest.TestCase):
            def test_method(self): raise OverflowError("too big")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*remark: saw ZeroDivisionError: *", "*remark: saw OverflowError: too big"])
    assert "hooks.py" not in result.stdout.str()


def test_a_fixture_that_breaks_keeps_its_error(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.fixture
        def trained():
            plant("TCK201")
            raise RuntimeError("no data")

        @pytest.mark.torchcheck
        def test_train(trained): pass

        def test_next(): assert watched() == 0
        """
    )

    result = project.runpytest()

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["E  *RuntimeError: no data", "*- torchcheck -*", "*:5:5: error TCK201*"])


def test_xfail_takes_a_finding_for_the_failure(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from torchcheck import FindingsError

        @pytest.mark.xfail(strict=True)
        def test_known(torchcheck): plant("TCK201")

        @pytest.mark.xfail(raises=FindingsError)
        def test_known_kind(torchcheck): plant("TCK201")

        @pytest.mark.xfail(raises=ValueError)
        def test_other_kind(torchcheck): plant("TCK201")

        @pytest.mark.xfail(strict=True)
        def test_mended(torchcheck): pass
        """
    )

    result = project.runpytest()

    result.assert_outcomes(xfailed=2, failed=2)
    result.stdout.fnmatch_lines(["FAILED *::test_other_kind - TCK201*"])
    result.stdout.fnmatch_lines(["1 finding (1 error)"])


def test_a_skipped_test_is_skipped(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.torchcheck(select="TCK999")
        @pytest.mark.skipif(True, reason="not even set up")
        def test_by_mark(): pass

        def test_by_call(torchcheck):
            plant("TCK201")
            pytest.skip("no GPU")
        """
    )

    project.runpytest().assert_outcomes(skipped=2)


def test_each_parameter_is_judged_alone(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("clear", [True, False])
        def test_train(torchcheck, clear):
            if not clear: plant("TCK201")
        """
    )

    result = project.runpytest()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_train[[]False[]] - TCK201*"])


def test_unittest_classes(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import unittest
        import pytest

        @pytest.mark.torchcheck
        class TestTraining(unittest.TestCase):
            def setUp(self): plant("TCK301", level="warning")
            def test_clean(self): pass
            def test_finds(self): plant("TCK201")
            def test_fails(self): self.assertEqual(1, 2)
            def test_skips(self): self.skipTest("no data")
            @unittest.expectedFailure
            def test_expected(self): self.fail()
            def test_subtests(self):
                for i in range(2):
                    with self.subTest(i=i): plant("TCK101")

        @pytest.mark.usefixtures("torchcheck")
        class TestWithFixture(unittest.TestCase):
            def test_finds(self): plant("TCK202")
        """
    )

    result = project.runpytest()

    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"], outcomes["skipped"], outcomes["xfailed"]) == (1, 4, 1, 1)
    result.stdout.fnmatch_lines(
        [
            "FAILED *TestTraining::test_fails - AssertionError: 1 != 2",
            "FAILED *TestTraining::test_finds - TCK201*",
            "FAILED *TestTraining::test_subtests - TCK101*",
            "FAILED *TestWithFixture::test_finds - TCK202*",
        ]
    )


@pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="subtests came with pytest 9")
def test_subtests_are_one_test(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_train(torchcheck, subtests):
            for i in range(3):
                with subtests.test(i=i):
                    if i == 0: plant("TCK201")
                    assert i != 1
        """
    )

    result = project.runpytest()

    result.stdout.fnmatch_lines(["SUBFAILED(i=1)*assert 1 != 1", "FAILED *::test_train - TCK201*"])
    result.stdout.fnmatch_lines(["1 finding (1 error)"])


def test_coroutines(project: pytest.Pytester) -> None:
    project.syspathinsert()
    project.makepyfile(
        _plugin="""
        import asyncio, inspect, pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                asyncio.run(pyfuncitem.obj())
                return True
        """,
        test_async="""
        import asyncio, pytest
        pytestmark = pytest.mark.torchcheck

        async def test_finds():
            await asyncio.sleep(0)
            plant("TCK201")

        async def test_clean():
            await asyncio.sleep(0)
        """,
    )

    project.runpytest("-p", "_plugin").assert_outcomes(passed=1, failed=1)


def test_doctests(project: pytest.Pytester) -> None:
    project.makepyfile(
        train='''
        def train():
            """
            >>> plant("TCK201")
            """

        def clean():
            """
            >>> 1 + 1
            2
            """
        '''
    )

    result = project.runpytest("--doctest-modules", "--torchcheck")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED train.py::train.train - TCK201*"])


def test_a_test_that_is_run_again_starts_afresh(project: pytest.Pytester) -> None:
    project.syspathinsert()
    project.makepyfile(
        _rerun="""
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(2):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
            for report in reports:
                item.ihook.pytest_runtest_logreport(report=report)
            return True
        """,
        test_flaky="""
        runs = []

        def test_flaky(torchcheck):
            assert torchcheck.findings == []
            runs.append(1)
            if len(runs) == 1: plant("TCK201")
        """,
    )

    result = project.runpytest("-p", "_rerun", "--junitxml=report.xml")

    result.assert_outcomes(passed=1)
    assert "TCK201" not in (project.path / "report.xml").read_text()


def test_a_call_that_is_made_again_is_watched_again(project: pytest.Pytester) -> None:
    project.syspathinsert()
    project.makepyfile(
        _again="""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_protocol(item, nextitem):
            from _pytest.runner import call_and_report
            call_and_report(item, "setup", log=False)
            first = call_and_report(item, "call", log=False)
            second = call_and_report(item, "call", log=True)
            call_and_report(item, "teardown", log=True, nextitem=nextitem)
            assert (first.outcome, second.outcome) == ("failed", "passed")
            return True
        """,
        test_flaky="""
        import pytest

        runs = []

        @pytest.fixture
        def lenient(torchcheck): torchcheck.allow("TCK101", reason="what a fixture allows holds for every call")

        def test_flaky(lenient):
            runs.append(1)
            assert watched() == 1
            plant("TCK101")
            if len(runs) == 1: plant("TCK201")
        """,
    )

    project.runpytest("-p", "_again").assert_outcomes(passed=1)


def test_an_interrupted_session_leaves_no_watch(project: pytest.Pytester) -> None:
    project.syspathinsert()
    project.makepyfile(
        _after="""
        def pytest_unconfigure(): print(f"{watched()} watches are left")
        """,
        test_stop="""
        import pytest

        @pytest.fixture
        def stops(): raise KeyboardInterrupt

        @pytest.mark.torchcheck
        def test_setup(stops): pass
        """,
        test_exit="""
        import pytest

        def test_call(torchcheck): pytest.exit("enough")
        """,
    )

    for name in ("test_stop.py", "test_exit.py"):
        result = project.runpytest_subprocess("-p", "_after", name)

        assert result.ret == pytest.ExitCode.INTERRUPTED
        result.stdout.fnmatch_lines(["0 watches are left"])

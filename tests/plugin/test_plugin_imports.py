"""What the plugin costs a project that has it installed and does not use it."""

from __future__ import annotations

import pytest

LOADED = "[name for name in sys.modules if name.partition('.')[0] in ('torch', 'libcst') or name in {heavy!r}]"
HEAVY = ("torchcheck", "torchcheck.rules", "torchcheck.probe", "torchcheck.probe.watch", "torchcheck.config", "rich")


def _loaded_after(project: pytest.Pytester, test: str, *arguments: str) -> list[str]:
    """What of the heavy modules a run of pytest on `test` has loaded at its end."""
    project.makeconftest(
        f"""
        import sys

        def pytest_unconfigure():
            print("loaded:", *{LOADED.format(heavy=HEAVY)})
        """
    )
    project.makepyfile(test)
    result = project.runpytest_subprocess(*arguments)
    (line,) = [line for line in result.stdout.lines if line.startswith("loaded:")]
    return line.split()[1:]


def test_nothing_heavy_is_loaded_unasked(pytester: pytest.Pytester) -> None:
    assert _loaded_after(pytester, "def test_plain(): pass") == []


def test_no_torch_is_loaded_when_every_asking_test_is_skipped(pytester: pytest.Pytester) -> None:
    test = "import pytest\n@pytest.mark.torchcheck\n@pytest.mark.skip\ndef test_asks(): pass"

    assert "torch" not in _loaded_after(pytester, test)


@pytest.mark.slow
def test_the_probes_are_loaded_when_a_test_asks(pytester: pytest.Pytester) -> None:
    """Also shows that the check above can fail."""
    loaded = _loaded_after(pytester, "def test_asks(torchcheck): pass")

    assert {"torch", "torchcheck.probe.watch"} <= set(loaded)
    assert "libcst" not in loaded


WITHOUT_TORCH = """
    import sys
    sys.modules["torch"] = None  # as if it were not installed
"""


def test_without_torch_only_the_tests_that_ask_fail(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITHOUT_TORCH)
    pytester.makepyfile(
        """
        import pytest

        def test_plain(): pass

        def test_fixture(torchcheck): pass

        @pytest.mark.torchcheck
        def test_marker(): pass
        """
    )

    result = pytester.runpytest_subprocess("-rE")

    result.assert_outcomes(passed=1, errors=2)
    assert result.stdout.str().count("\ntorchcheck: the probes need PyTorch, which is not installed") == 2
    assert "Traceback" not in result.stdout.str()


def test_without_torch_the_flag_is_a_usage_error_and_the_setting_is_not(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(WITHOUT_TORCH)
    pytester.makepyfile("def test_plain(): pass")

    flag = pytester.runpytest_subprocess("--torchcheck")
    setting = pytester.runpytest_subprocess("-o", "torchcheck=true")

    assert flag.ret == pytest.ExitCode.USAGE_ERROR
    flag.stderr.fnmatch_lines(["ERROR: --torchcheck watches torch, and torch is not installed in this environment"])
    setting.assert_outcomes(passed=1)
    setting.stdout.fnmatch_lines(["torchcheck: torch is not installed, no test is watched"])

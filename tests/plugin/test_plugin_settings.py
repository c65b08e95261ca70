"""Marker over flag over pytest's configuration over `[tool.torchcheck]`, and what is wrong with a setting."""

from __future__ import annotations

import pytest

THREE = """
    import pytest

    {marker}
    def test_train(torchcheck):
        plant("TCK101")
        plant("TCK201")
        plant("TCK301")
        with open("codes.txt", "w") as file:
            file.write(" ".join(sorted(finding.code for finding in torchcheck.findings)))
"""


@pytest.mark.parametrize(
    ("pyproject", "ini", "flags", "marker", "codes"),
    [
        ("", "", (), "", "TCK101 TCK201 TCK301"),
        ('select = ["TCK1"]', "", (), "", "TCK101"),
        ('ignore = ["TCK1"]', "", (), "", "TCK201 TCK301"),
        ('select = ["TCK1"]', "torchcheck_select = TCK2", (), "", "TCK201"),
        ("", "torchcheck_select = TCK2 TCK3", (), "", "TCK201 TCK301"),
        ("", "torchcheck_select = TCK2, TCK3", (), "", "TCK201 TCK301"),
        ("", "torchcheck_select = TCK2", ("--torchcheck-select=TCK1,TCK3",), "", "TCK101 TCK301"),
        ("", "", ("--torchcheck-select=TCK1", "--torchcheck-select=TCK3"), "", "TCK101 TCK301"),
        ("", "", ("--torchcheck-select=TCK1",), '(select="TCK3")', "TCK301"),
        ('ignore = ["TCK1"]', "torchcheck_ignore = TCK2", (), "", "TCK301"),
        ('ignore = ["TCK1"]', "", ("--torchcheck-ignore=TCK2",), '(ignore=["TCK3"])', ""),
        ('select = ["TCK101"]', "", (), '(ignore="TCK1")', ""),
        ("", "", ("--torchcheck-ignore=TCK101",), '(select="TCK101")', "TCK101"),
        ("", "", ("--torchcheck-ignore=TCK101",), '(select="TCK1")', ""),
        ("", "", (), '(select=["missing-zero-grad"])', "TCK201"),
    ],
)
def test_the_closest_place_wins(
    project: pytest.Pytester, pyproject: str, ini: str, flags: tuple[str, ...], marker: str, codes: str
) -> None:
    project.makepyprojecttoml(f"[tool.torchcheck]\n{pyproject}")
    project.makeini(f"[pytest]\n{ini}")
    project.makepyfile(THREE.format(marker=f"@pytest.mark.torchcheck{marker}"))

    project.runpytest(*flags)

    assert (project.path / "codes.txt").read_text() == codes


@pytest.mark.parametrize(
    ("ini", "flags", "marker", "outcome"),
    [
        ("torchcheck_fail_on = never", (), "", "passed"),
        ("torchcheck_fail_on = never", ("--torchcheck-fail-on=error",), "", "failed"),
        ("torchcheck_fail_on = never", ("--torchcheck-fail-on=error",), '(fail_on="never")', "passed"),
    ],
)
def test_fail_on_is_taken_from_the_closest_place(
    project: pytest.Pytester, ini: str, flags: tuple[str, ...], marker: str, outcome: str
) -> None:
    project.makeini(f"[pytest]\n{ini}")
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.torchcheck{marker}
        def test_train(): plant("TCK201", level="error")
        """
    )

    result = project.runpytest(*flags)

    assert result.parseoutcomes()[outcome] == 1


def test_the_closest_marker_wins(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        pytestmark = pytest.mark.torchcheck(select="TCK1", fail_on="never")

        @pytest.mark.torchcheck(select="TCK2")
        class TestClass:
            @pytest.mark.torchcheck(select="TCK3")
            def test_method(self, torchcheck):
                for code in ("TCK101", "TCK201", "TCK301"): plant(code, level="error")
                assert [finding.code for finding in torchcheck.findings] == ["TCK301"]

            def test_class(self, torchcheck):
                for code in ("TCK101", "TCK201", "TCK301"): plant(code, level="error")
                assert [finding.code for finding in torchcheck.findings] == ["TCK201"]
        """
    )

    project.runpytest().assert_outcomes(passed=2, warnings=2)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('(selct="TCK1")', "@pytest.mark.torchcheck has no argument `selct`; did you mean `select`?"),
        ("(reason=1)", "@pytest.mark.torchcheck has no argument `reason`; it takes select, ignore and fail_on"),
        ('("TCK1")', "@pytest.mark.torchcheck takes keywords only, not 'TCK1'; it takes select, ignore and fail_on"),
        ('(fail_on="info")', "@pytest.mark.torchcheck: fail_on is 'info'; use error, warning, never"),
        ("(ignore=101)", "@pytest.mark.torchcheck: ignore is 101; use a string or a list of strings"),
        ('(select="TCK99")', "unknown rule selector `TCK99`*"),
        ('(ignore=["TCK101", "missing-zerograd"])', "unknown rule selector *; did you mean `missing-zero-grad`?"),
    ],
)
def test_a_wrong_marker_is_an_error_of_its_test_alone(project: pytest.Pytester, marker: str, message: str) -> None:
    project.makepyfile(
        f"""
        import pytest

        @pytest.mark.torchcheck{marker}
        def test_wrong(): pass

        def test_right(torchcheck): pass
        """
    )

    result = project.runpytest()

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([f"torchcheck: {message}"])
    assert "pytest_torchcheck" not in result.stdout.str()


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--torchcheck-select=TCK99", "*torchcheck: unknown rule selector `TCK99`*"),
        ("--torchcheck-fail-on=info", "*argument --torchcheck-fail-on: invalid choice: 'info'*"),
    ],
)
def test_a_wrong_flag_is_a_usage_error(project: pytest.Pytester, flag: str, message: str) -> None:
    project.makepyfile("def test_plain(): pass")

    result = project.runpytest(flag)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_wrong_project_file_concerns_only_those_who_ask(project: pytest.Pytester) -> None:
    project.makepyprojecttoml("[tool.torchcheck]\nselct = []")
    project.makepyfile("def test_plain(): pass\ndef test_asks(torchcheck): pass")

    result = project.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["torchcheck: pyproject.toml: unknown key `selct`; did you mean `select`?"])
    assert project.runpytest("--torchcheck").ret == pytest.ExitCode.USAGE_ERROR


def test_a_wrong_level_in_the_configuration_is_named(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\ntorchcheck_fail_on = sometimes")
    project.makepyfile("def test_asks(torchcheck): pass")

    result = project.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["torchcheck: torchcheck_fail_on is 'sometimes'*use error, warning, never"])

"""Where settings are found and what they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.config import RunSettings, load
from torchcheck.config_values import Place, rule_options
from torchcheck.errors import UsageError
from torchcheck.rules import all_rules
from torchcheck.selection import Selection

WITH_OPTIONS = next(rule for rule in all_rules() if rule.code == "TCK601")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project that is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(project: Path, text: str, name: str = "pyproject.toml") -> None:
    (project / name).write_text(text, encoding="utf-8")


def test_without_a_file_the_defaults_hold(project: Path) -> None:
    settings = load(project)
    assert (settings.select, settings.ignore, settings.output_format) == (None, (), "full")
    assert settings.root == project


def test_every_key_is_read(project: Path) -> None:
    configure(
        project,
        """
        [tool.torchcheck]
        select = ["TCK1"]
        ignore = ["TCK102"]
        extend-select = ["adam-with-weight-decay"]
        exclude = ["vendor"]
        extend-exclude = ["old/*.py"]
        output-format = "concise"
        target-torch = "2.4"
        per-file-ignores = { "tests/*" = ["TCK201"] }
        [tool.torchcheck.run]
        every = 10
        fail-on = "warning"
        """,
    )
    settings = load(project)
    assert settings.select == ("TCK1",)
    assert settings.ignore == ("TCK102",)
    assert settings.extend_select == ("adam-with-weight-decay",)
    assert settings.exclude == ("vendor",)
    assert settings.extend_exclude == ("old/*.py",)
    assert settings.output_format == "concise"
    assert settings.target_torch == (2, 4)
    assert settings.per_file_ignores == {"tests/*": ("TCK201",)}
    assert settings.run == RunSettings(every=10, fail_on="warning")


def test_the_nearest_file_upwards_that_speaks_of_torchcheck_wins(project: Path) -> None:
    configure(project, '[tool.torchcheck]\nselect = ["TCK1"]')
    inner = project / "src" / "package"
    inner.mkdir(parents=True)
    configure(project / "src", '[project]\nname = "x"')
    settings = load(inner)
    assert settings.select == ("TCK1",)
    assert settings.root == project


def test_torchcheck_toml_goes_before_pyproject(project: Path) -> None:
    configure(project, '[tool.torchcheck]\nselect = ["TCK1"]')
    configure(project, 'select = ["TCK2"]', "torchcheck.toml")
    assert load(project).select == ("TCK2",)


def test_isolated_reads_no_file_not_even_a_broken_one(project: Path) -> None:
    configure(project, "[tool.torchcheck]\nselect = 3")
    assert load(project, isolated=True).select is None


def test_config_names_another_file(project: Path) -> None:
    configure(project, '[tool.torchcheck]\nselect = ["TCK1"]')
    configure(project, 'select = ["TCK2"]', "other.toml")
    assert load(project, config=["other.toml"]).select == ("TCK2",)


def test_config_line_stands_over_the_file_and_leaves_the_rest(project: Path) -> None:
    configure(project, '[tool.torchcheck]\nselect = ["TCK1"]\nrun = { every = 5, fail-on = "never" }')
    settings = load(project, config=["run.every = 10"])
    assert settings.run == RunSettings(every=10, fail_on="never")
    assert settings.select == ("TCK1",)


def test_isolated_and_a_file_contradict_each_other(project: Path) -> None:
    configure(project, "", "other.toml")
    with pytest.raises(UsageError, match=r"--isolated.*other\.toml"):
        load(project, isolated=True, config=["other.toml"])


def test_rule_options_are_read_by_name_or_code_and_a_whole_number_will_do_for_a_float(project: Path) -> None:
    options = WITH_OPTIONS.Options()
    (name, default), *_ = [(n, v) for n, v in vars(options).items() if isinstance(v, float)]
    key = name.replace("_", "-")
    for rule in (WITH_OPTIONS.code, WITH_OPTIONS.name):
        settings = load(project, isolated=True, config=[f"rules.{rule}.{key} = 1"])
        (rule_with_options,) = settings.selection(Selection((WITH_OPTIONS.code,))).rules(settings.rules)
        assert getattr(rule_with_options.options, name) == 1.0 != default


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slect = []", "pyproject.toml: unknown key `slect`; did you mean `select`?"),
        ('select = "TCK1"', "pyproject.toml: `select` must be a list of strings, not 'TCK1'"),
        ("ignore = [1]", "pyproject.toml: `ignore` must be a list of strings, not [1]"),
        (
            'ignore = ["TCK999"]',
            "pyproject.toml: `ignore`: unknown rule selector `TCK999`: no rule's code starts so; "
            "`torchcheck rule --all` lists them",
        ),
        ('output-format = "xml"', '`output-format` must be "full" or "concise" or "json" or "json-lines" or'),
        ('target-torch = "new"', "`target-torch` must be a version like \"2.4\", not 'new'"),
        ("target-torch = 2.4", '`target-torch` must be a version like "2.4", not 2.4'),
        ("run.evry = 1", "unknown key `evry` in `run`; did you mean `every`?"),
        ("run.every = 0", "`run.every` must be a whole number of at least 1, not 0"),
        ("run.every = true", "`run.every` must be a whole number of at least 1, not True"),
        ('run.fail-on = "info"', '`run.fail-on` must be "error" or "warning" or "never", not \'info\''),
        ("run = 3", "`run` must be a table, not 3"),
        ("rules.update-to-small.x = 1", "unknown rule `update-to-small` in `rules`; did you mean `update-too-small`?"),
        (
            f"rules.{WITH_OPTIONS.name}.zzzzzz = 1",
            f"unknown option `zzzzzz` in `rules.{WITH_OPTIONS.name}`; known:",
        ),
        ("rules.softmax-before-cross-entropy.x = 1", "unknown option `x`"),
        ('per-file-ignores = ["x"]', "`per-file-ignores` must be a table, not ['x']"),
        ('per-file-ignores = { "a.py" = ["TCK77"] }', "`per-file-ignores.a.py`: unknown rule selector `TCK77`"),
    ],
)
def test_a_wrong_setting_is_one_line_with_file_key_and_hint(project: Path, text: str, message: str) -> None:
    configure(project, f"[tool.torchcheck]\n{text}")
    with pytest.raises(UsageError) as error:
        load(project)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_type_of_a_rule_option_names_its_key(project: Path) -> None:
    (name, *_) = [n for n, v in vars(WITH_OPTIONS.Options()).items() if isinstance(v, float)]
    key = f"rules.{WITH_OPTIONS.name}.{name.replace('_', '-')}"
    with pytest.raises(UsageError, match=f"--config: `{key}` must be a number, not 'much'"):
        load(project, config=[f'{key} = "much"'])


@pytest.mark.parametrize("text", ["[tool.torchcheck", "[tool.torchcheck]\nselect = [\n"])
def test_broken_toml_names_the_file(project: Path, text: str) -> None:
    configure(project, text)
    with pytest.raises(UsageError, match=r"pyproject\.toml: not valid TOML: "):
        load(project)


def test_a_broken_file_of_others_is_not_our_business(project: Path) -> None:
    configure(project, "[tool.black\n")
    assert load(project).select is None


def test_a_missing_config_file_is_an_error(project: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml: can't be read"):
        load(project, config=["nowhere.toml"])


class TestCommandLineOverFile:
    """`Settings.selection`: what the command line says goes before the file."""

    @staticmethod
    def codes(project: Path, file: str, cli: Selection) -> set[str]:
        configure(project, f"[tool.torchcheck]\n{file}")
        settings = load(project)
        return {rule.code for rule in settings.selection(cli).rules()}

    def test_select_replaces_the_choice_of_the_file(self, project: Path) -> None:
        file = 'select = ["TCK1"]\nextend-select = ["TCK301"]'
        assert self.codes(project, file, Selection(("TCK201",))) == {"TCK201"}

    def test_select_brings_back_what_the_file_ignores(self, project: Path) -> None:
        file = 'ignore = ["softmax-before-cross-entropy"]'
        assert self.codes(project, file, Selection(("TCK101",))) == {"TCK101"}

    def test_a_more_specific_ignore_of_the_file_stands(self, project: Path) -> None:
        assert "TCK101" not in self.codes(project, 'ignore = ["TCK101"]', Selection(("ALL",)))

    def test_ignore_adds_to_that_of_the_file(self, project: Path) -> None:
        codes = self.codes(project, 'ignore = ["TCK101"]', Selection(None, ("TCK201",)))
        assert codes.isdisjoint({"TCK101", "TCK201"})
        assert "TCK202" in codes

    def test_extend_select_adds_to_the_choice_of_the_file(self, project: Path) -> None:
        cli = Selection(None, (), ("TCK102",))
        assert self.codes(project, 'select = ["TCK301"]', cli) == {"TCK102", "TCK301"}


def test_the_hidden_file_goes_before_the_others(project: Path) -> None:
    configure(project, 'select = ["TCK1"]', "torchcheck.toml")
    configure(project, 'select = ["TCK2"]', ".torchcheck.toml")
    assert load(project).select == ("TCK2",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("fall = 1.5", "`rules.update-too-small.fall` must be between 0 and 1, not 1.5"),
        ("fall = nan", "`rules.update-too-small.fall` must be between 0 and 1, not nan"),
        ("samples = 0", "`rules.update-too-small.samples` must be at least 1, not 0"),
        ("samples = true", "`rules.update-too-small.samples` must be a whole number, not True"),
    ],
)
def test_an_option_out_of_its_range_names_file_key_value_and_range(project: Path, line: str, message: str) -> None:
    configure(project, f"[tool.torchcheck.rules.update-too-small]\n{line}")
    with pytest.raises(UsageError) as error:
        load(project)
    assert str(error.value) == f"pyproject.toml: {message}"


def test_every_default_is_in_its_own_range() -> None:
    for rule in all_rules():
        defaults = dict(vars(rule.Options()))
        assert rule_options(Place("defaults"), defaults, rule.Options) == defaults


def test_settings_know_where_they_come_from(project: Path) -> None:
    configure(project, '[tool.torchcheck]\nselect = ["TCK1"]\npreview = true\nbaseline = "known.json"')
    settings = load(project, config=["preview = false"])
    assert settings.origins == {"select": "pyproject.toml", "preview": "--config", "baseline": "pyproject.toml"}
    assert (settings.preview, settings.baseline) == (False, "known.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("preview = 1", "pyproject.toml: `preview` must be true or false, not 1"),
        ("baseline = true", "pyproject.toml: `baseline` must be the path of a file, not True"),
        ("respect-gitignore = 'no'", "pyproject.toml: `respect-gitignore` must be true or false, not 'no'"),
    ],
)
def test_flags_and_paths_have_their_types(project: Path, text: str, message: str) -> None:
    configure(project, f"[tool.torchcheck]\n{text}")
    with pytest.raises(UsageError) as error:
        load(project)
    assert str(error.value) == message

"""Settings: `[tool.torchcheck]` of the nearest `pyproject.toml` upwards, or a `torchcheck.toml` of its own.

In one directory `.torchcheck.toml` goes before `torchcheck.toml`, and that before `pyproject.toml`; the nearest
directory upwards that has one of them wins, and nothing is merged with those further up. `--config KEY=VALUE` stands
over the file, an option of the command line over both.

A wrong key, type, rule or option is a `UsageError` that names the file, the key and the closest right one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torchcheck.config_values import (
    Place,
    Reader,
    choice,
    count,
    flag,
    path,
    per_file,
    rule_options,
    selectors,
    strings,
    table,
    version,
)
from torchcheck.errors import UsageError
from torchcheck.selection import Selection

OUTPUT_FORMATS = ("full", "concise", "json", "json-lines", "github", "gitlab", "junit", "sarif")
FILE_NAMES = (".torchcheck.toml", "torchcheck.toml", "pyproject.toml")
"""Where settings stand, the first one of a directory before the others."""
FAIL_ON = ("error", "warning", "never")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """`[tool.torchcheck.run]`.

    Attributes:
        every: measure scales on every n-th step; not set: often at first, then ever more rarely.
        fail_on: the level from which findings make the exit code 1.
        history: each run leaves a folder in the history.
    """

    every: int | None = None
    fail_on: str = "error"
    history: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project asks of torchcheck. Every field has the name of its key.

    Attributes:
        root: the directory that patterns are relative to: that of the file, or the working directory.
        select: the rules that are on, by code, prefix, name or `ALL`; not set: every error and warning rule.
        ignore: rules that are off.
        extend_select: rules that are on beside the others.
        exclude: patterns of files to leave out, as in `.gitignore`; not set: virtual environments, builds, caches.
        extend_exclude: patterns of files to leave out beside those of `exclude`.
        force_exclude: leave out excluded files even if they are named on the command line, as pre-commit does.
        respect_gitignore: leave out what git ignores.
        per_file_ignores: rules that are off in the files that match a pattern.
        extend_per_file_ignores: the same, beside `per-file-ignores`.
        preview: preview rules are on like the others.
        baseline: the file of findings that are known already, relative to the file of this setting.
        cache_dir: where results are kept, relative to the file of this setting; not set: `.torchcheck/cache`.
        history_dir: where runs are kept, relative to the file of this setting; not set: `.torchcheck/runs`.
        output_format: how findings are shown: `full`, `concise`, or a format for programs.
        target_torch: oldest torch version that the project supports, as in `"2.4"`; not set: the newest that is known.
        run: the settings of `torchcheck run`.
        rules: options by rule name, then by field of the rule's `Options`.
        origins: where each field that is not a default was set: a file, `--config` or `command line`.
    """

    root: Path
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extend_per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preview: bool = False
    baseline: str | None = None
    cache_dir: str | None = None
    history_dir: str | None = None
    output_format: str = "full"
    target_torch: tuple[int, int] | None = None
    run: RunSettings = field(default_factory=RunSettings)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def selection(self, cli: Selection) -> Selection:
        """The selectors of the command line over those of the file.

        A `select` of the command line replaces the file's choice, but for what the file ignores more specifically.
        """
        wanted = {_canonical(selector) for selector in (*(cli.select or ()), *cli.extend_select)}
        kept = tuple(selector for selector in self.ignore if _canonical(selector) not in wanted)
        if cli.select is not None:
            return Selection(cli.select, (*kept, *cli.ignore), cli.extend_select, self.preview)
        return Selection(self.select, (*kept, *cli.ignore), (*self.extend_select, *cli.extend_select), self.preview)

    def replaced(self, origin: str, **values: Any) -> Settings:
        """These settings with other values from another place."""
        return replace(self, **values, origins={**self.origins, **dict.fromkeys(values, origin)})


def load(start: Path, *, isolated: bool = False, config: Sequence[str] = ()) -> Settings:
    """The settings that hold for `start`, a file or a directory.

    Args:
        start: where the search for a configuration file begins, upwards.
        isolated: look for no file.
        config: values of `--config`: a path to a TOML file, or lines of TOML like `run.every = 10`.

    Raises:
        UsageError: a file can't be read, or says something that torchcheck does not know.
    """
    files = [Path(value) for value in config if _is_path(value)]
    if isolated and files:
        raise UsageError(f"--isolated ignores configuration files, so --config {files[0]} has no effect; drop one")
    found = files[-1] if files else None if isolated else _find(start)
    settings = Settings(root=Path.cwd())
    if found is not None:
        settings = _read(Place(_shown(found)), _load_table(found), Settings(root=found.resolve().parent))
    for line in (value for value in config if not _is_path(value)):
        settings = _read(Place("--config"), _parse(line, "--config"), settings)
    return settings


def _is_path(value: str) -> bool:
    return "=" not in value or Path(value).is_file()


def _canonical(selector: str) -> str:
    from torchcheck.rules import find_rule

    rule = find_rule(selector)
    return rule.code if rule else selector.upper()


def _find(start: Path) -> Path | None:
    """The nearest file upwards that speaks of torchcheck."""
    start = start.resolve()
    for directory in (start, *start.parents):
        *own, shared = (directory / name for name in FILE_NAMES)
        if found := next((path for path in own if path.is_file()), None):
            return found
        if shared.is_file() and b"torchcheck" in _bytes(shared) and _load_table(shared) is not None:
            return shared
    return None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{_shown(path)}: can't be read: {error.strerror}") from None


def _load_table(path: Path) -> Any:
    """The table of torchcheck in this file; None where a `pyproject.toml` has none."""
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{_shown(path)}: not valid TOML: it is not UTF-8") from None
    data = _parse(text, _shown(path))
    if path.name != "pyproject.toml":
        return data
    tool = data.get("tool", {})
    return tool.get("torchcheck") if isinstance(tool, dict) else None


def _parse(text: str, source: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source}: not valid TOML: {error}") from None
    return data


def _shown(path: Path) -> str:
    """The path from the working directory, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


_RUN_KEYS: dict[str, Reader] = {"every": count, "fail-on": choice(*FAIL_ON), "history": flag}


def _run(place: Place, value: Any) -> RunSettings:
    return RunSettings(**_fields(place, table(place, value), _RUN_KEYS))


def _rules(place: Place, value: Any) -> dict[str, dict[str, Any]]:
    from torchcheck.rules import all_rules, find_rule

    options = {}
    for name, item in table(place, value).items():
        rule = find_rule(name)
        if rule is None:
            raise place.unknown("rule", name, [rule.name for rule in all_rules()])
        options[rule.name] = rule_options(place / name, table(place / name, item), rule.Options)
    return options


_KEYS: dict[str, Reader] = {
    "select": selectors,
    "ignore": selectors,
    "extend-select": selectors,
    "exclude": strings,
    "extend-exclude": strings,
    "force-exclude": flag,
    "respect-gitignore": flag,
    "per-file-ignores": per_file,
    "extend-per-file-ignores": per_file,
    "preview": flag,
    "baseline": path,
    "cache-dir": path,
    "history-dir": path,
    "output-format": choice(*OUTPUT_FORMATS),
    "target-torch": version,
    "run": _run,
    "rules": _rules,
}


def _read(place: Place, given: Any, base: Settings) -> Settings:
    """`base` with what the table says; tables within it are merged key by key."""
    values = _fields(place, table(place, given), _KEYS)
    if "run" in values:
        changed = {key.replace("-", "_") for key in given["run"]}
        values["run"] = replace(base.run, **{name: getattr(values["run"], name) for name in changed})
    if "rules" in values:
        values["rules"] = _merged(base.rules, values["rules"])
    return base.replaced(place.source, **values)


def _merged(base: Mapping[str, Mapping[str, Any]], over: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {**base.get(name, {}), **over.get(name, {})} for name in {**base, **over}}


def _fields(place: Place, given: dict[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """The table with its values read, by field name. Raises UsageError on an unknown key or a wrong value."""
    for key in given:
        if key not in readers:
            raise place.unknown("key", key, readers)
    return {key.replace("-", "_"): readers[key](place / key, value) for key, value in given.items()}

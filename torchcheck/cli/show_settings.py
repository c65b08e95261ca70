"""`torchcheck lint --show-settings`: the settings that hold, as TOML, and where each one comes from."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from torchcheck.cli.parser import selection
from torchcheck.config import Settings
from torchcheck.discovery import DEFAULT_EXCLUDE
from torchcheck.rules.base import Rule

_REPLACED = ("select", "exclude", "per_file_ignores")
"""Options that stand in place of what the file says; the other lists are added to it."""

_COLUMN = 30


def shown(options: Namespace, chosen: Settings, rules: Sequence[Rule]) -> str:
    """The settings as a `torchcheck.toml` with a comment at each line, then the rules that are on."""
    rows = list(_rows(_resolved(options, chosen)))
    lines = [f"# settings that hold in {chosen.root}", *(f"{text:<{_COLUMN}}  # {origin}" for text, origin in rows)]
    on = [f"#   {rule.code} {rule.name}" for rule in rules]
    return "\n".join([*lines, "", f"# rules that are on ({len(on)}):", *on]) + "\n"


def _resolved(options: Namespace, chosen: Settings) -> Settings:
    """The settings with the lists of the command line laid over them."""
    wanted = selection(options, chosen)
    values = {
        "select": wanted.select,
        "ignore": wanted.ignore,
        "extend_select": wanted.extend_select,
        "exclude": tuple(options.exclude) if options.exclude is not None else chosen.exclude,
        "extend_exclude": (*chosen.extend_exclude, *(options.extend_exclude or ())),
        "per_file_ignores": chosen.per_file_ignores if options.per_file_ignores is None else options.per_file_ignores,
        "extend_per_file_ignores": {**chosen.extend_per_file_ignores, **(options.extend_per_file_ignores or {})},
    }
    for key, value in values.items():
        if getattr(options, key) is not None:
            file = chosen.origins.get(key) if key not in _REPLACED else None
            chosen = chosen.replaced(f"{file}, command line" if file else "command line", **{key: value})
        elif value != getattr(chosen, key):  # taken back by a list of the command line
            chosen = chosen.replaced(f"{chosen.origins[key]}, less the command line", **{key: value})
    return chosen


def _rows(settings: Settings) -> list[tuple[str, str]]:
    """A line of TOML for each setting, and its origin; what is not set is a comment itself."""
    rows = []
    for field in fields(settings):
        name, value = field.name, getattr(settings, field.name)
        origin = settings.origins.get(name, "default")
        if name in ("root", "origins"):
            continue
        if name == "exclude" and value is None:
            value = DEFAULT_EXCLUDE
        if name == "target_torch" and value is not None:
            value = ".".join(map(str, value))
        if name in ("run", "rules"):
            rows += [(line, origin) for line in _tables(name, value)]
        else:
            rows.append((_line(name, value), origin))
    return rows


def _tables(name: str, value: Any) -> list[str]:
    if name == "run":
        return [_line(f"run.{field.name}", getattr(value, field.name)) for field in fields(value)]
    return [_line(f"rules.{rule}.{key}", item) for rule, options in value.items() for key, item in options.items()]


def _line(name: str, value: Any) -> str:
    key = name.replace("_", "-")
    return f"# {key} is not set" if value is None else f"{key} = {toml(value)}"


def toml(value: Any) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + " }" if value else "{}"
    return f"[{', '.join(toml(item) for item in value)}]" if isinstance(value, (tuple, list)) else str(value)

"""What the page of a rule says, made from the rule's own file; `rule_page` and `rule_markdown` give it a form."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from torchcheck.finding import Lens, Level
from torchcheck.records import frozen
from torchcheck.rules.base import Rule, allowed_range

_DOORS = {
    Lens.STATIC: "`torchcheck lint`",
    Lens.RUNTIME: "`torchcheck run`, `torchcheck.watch` and the pytest plugin",
    Lens.EXAM: "`torchcheck preflight` and `torchcheck.preflight`",
}


@frozen
class Block:
    """A paragraph, or code in a language."""

    text: str
    language: str | None = None


@frozen
class Section:
    title: str
    blocks: tuple[Block, ...]


def sections(rule: type[Rule]) -> Iterator[Section]:
    """What a rule says, why, what to do, who sees it, its options, how it is silenced, and all its examples."""
    yield Section("What it says", prose(inspect.getdoc(rule) or ""))
    yield Section("Why it matters", prose(rule.why))
    yield Section("What to do", prose(rule.help))
    yield Section("Seen by", tuple(Block(_DOORS[lens]) for lens in rule.lenses()))
    if fields(rule.Options):
        yield Section("Options", tuple(_options(rule)))
    yield Section("To silence it", tuple(_silence(rule)))
    if rule.bad:
        yield Section("Example of the mistake", tuple(Block(text.rstrip(), "python") for text in rule.bad))
    if rule.good:
        yield Section("Right", tuple(Block(text.rstrip(), "python") for text in rule.good))


def status(rule: type[Rule]) -> str:
    """The level, and whether the rule is on without being asked for."""
    if rule.preview:
        return f"{rule.level.value}, preview: off unless selected by code or name, or with --preview"
    return f"{rule.level.value}, off unless selected" if rule.level is Level.INFO else rule.level.value


def is_on(rule: type[Rule]) -> bool:
    """Whether the rule is used without being asked for."""
    return not rule.preview and rule.level is not Level.INFO


def says(rule: type[Rule]) -> str:
    """The first sentence of the page."""
    return prose(inspect.getdoc(rule) or "")[0].text


def prose(text: str) -> tuple[Block, ...]:
    """The paragraphs of a text, each in one line."""
    return tuple(Block(" ".join(part.split())) for part in text.split("\n\n"))


def option_rows(rule: type[Rule]) -> list[tuple[str, Any, str]]:
    """Key, default and meaning of each option of a rule."""
    docs = rule.option_docs()
    return [(option.name.replace("_", "-"), option.default, docs[option.name]) for option in fields(rule.Options)]


def _options(rule: type[Rule]) -> Iterator[Block]:
    rows = option_rows(rule)
    values = [f"{name} = {toml(default)}" for name, default, _ in rows]
    yield Block("\n".join([f"[tool.torchcheck.rules.{rule.name}]", *values]), "toml")
    for (name, _, doc), option in zip(rows, fields(rule.Options), strict=True):
        allowed = allowed_range(option.metadata.get("minimum"), option.metadata.get("maximum"))
        yield Block(f"`{name}`: {' '.join(doc.split())}" + (f" Allowed: {allowed}." if allowed else ""))


def _silence(rule: type[Rule]) -> Iterator[Block]:
    if rule.code.startswith("TCK0"):  # what no line can answer for
        yield Block(f'For a project: `ignore = ["{rule.code}"]` under `[tool.torchcheck]`.')
        return
    yield Block(
        f"In one place: `# torchcheck: ignore[{rule.code}] why it is right here`, at the end of the line or above it. "
        f'For a project: `ignore = ["{rule.code}"]` under `[tool.torchcheck]`.'
    )


def toml(value: Any) -> str:
    """A value as it is written in a configuration file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(list(value) if isinstance(value, tuple) else value)

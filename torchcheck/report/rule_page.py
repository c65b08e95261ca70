"""The page of a rule and the list of rules, for the terminal and for programs."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence

from torchcheck.finding import JSON, Lens
from torchcheck.report.rule_sections import Block, Section, is_on, option_rows, sections, status
from torchcheck.report.style import PLAIN, Style
from torchcheck.rules.base import Rule
from torchcheck.rules.groups import GROUPS, grouped, prefix

_WIDTH = 110
_SHORT_DOORS = {Lens.STATIC: "lint", Lens.RUNTIME: "run", Lens.EXAM: "preflight"}
_EXAMPLES = ("Example of the mistake", "Right")


def page(rule: type[Rule], style: Style = PLAIN) -> str:
    """All sections of the rule, with the first of its examples each."""
    head = f"{style.level(rule.level, rule.code)} {style.bold(rule.name)} ({status(rule)})"
    return "\n\n".join([head, *(_section(section, style) for section in sections(rule))])


def listing(rules: Sequence[type[Rule]], style: Style = PLAIN) -> str:
    """A line a rule under the heading of its group: code, level, name, where it looks, and whether it is off."""
    width = max(len(rule.name) for rule in rules)
    return "\n\n".join(
        "\n".join([style.bold(f"{code}  {title}"), *(_line(rule, width, style) for rule in members)])
        for code, title, members in grouped(rules)
    )


def _line(rule: type[Rule], width: int, style: Style) -> str:
    doors = ", ".join(_SHORT_DOORS[lens] for lens in rule.lenses())
    off = "" if is_on(rule) else f"  {style.dim('off, preview' if rule.preview else 'off')}"
    return f"  {style.level(rule.level, rule.code)}  {rule.level.value:<7}  {rule.name:<{width}}  {doors}{off}"


def to_json(rule: type[Rule]) -> dict[str, JSON]:
    """The page as JSON types."""
    return {
        "code": rule.code,
        "name": rule.name,
        "group": GROUPS[prefix(rule)],
        "severity": rule.level.value,
        "preview": rule.preview,
        "on": is_on(rule),
        "description": inspect.getdoc(rule),
        "why": rule.why,
        "help": rule.help,
        "lenses": [lens.value for lens in rule.lenses()],
        "options": [{"name": name, "default": default, "description": doc} for name, default, doc in option_rows(rule)],
        "bad": list(rule.bad),
        "good": list(rule.good),
    }


def _section(section: Section, style: Style) -> str:
    blocks = section.blocks[:1] if section.title in _EXAMPLES else section.blocks
    gap = "\n" if section.title == "Seen by" else "\n\n"
    return f"{style.bold(section.title)}\n{gap.join(map(_block, blocks))}"


def _block(block: Block) -> str:
    if block.language is not None:
        return textwrap.indent(block.text, "  ")
    return textwrap.fill(
        block.text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )

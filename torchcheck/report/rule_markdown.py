"""The page of a rule and the index of rules as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from torchcheck.finding import Lens
from torchcheck.report.rule_sections import Block, is_on, says, sections, status
from torchcheck.rules.base import Rule
from torchcheck.rules.groups import grouped

_DOORS = {Lens.STATIC: "lint", Lens.RUNTIME: "run", Lens.EXAM: "preflight"}


def page(rule: type[Rule]) -> str:
    """All that `rule_page.page` shows, with every example."""
    parts = [f"# {rule.code} {rule.name}", f"**{status(rule)}**"]
    for section in sections(rule):
        parts += [f"## {section.title}", *map(_block, section.blocks)]
    return "\n\n".join(parts) + "\n"


def index(rules: Iterable[type[Rule]], link: str = "") -> str:
    """A table a group, each rule with the first sentence of its page; `link` is where the page of `{code}` is."""
    parts = []
    for code, title, members in grouped(rules):
        rows = [
            f"## {title} ({code})",
            "",
            "| code | name | level | seen by | what it finds |",
            "|---|---|---|---|---|",
        ]
        rows += [_row(rule, link) for rule in members]
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _row(rule: type[Rule], link: str) -> str:
    level = rule.level.value if is_on(rule) else f"{rule.level.value}, off"
    doors = " ".join(_DOORS[lens] for lens in rule.lenses())
    code = f"[{rule.code}]({link.format(code=rule.code)})" if link else rule.code
    return f"| {code} | {rule.name} | {level} | {doors} | {escape(says(rule), cell=True)} |"


def _block(block: Block) -> str:
    return escape(block.text) if block.language is None else f"```{block.language}\n{block.text}\n```"


def escape(text: str, *, cell: bool = False) -> str:
    """Plain text with names in backticks, so that Markdown shows it as it is; `cell` for one of a table."""
    parts = re.split(r"(`[^`]*`)", text)
    shown = (part if part.startswith("`") else re.sub(r"([*_<>\[\]\\#])", r"\\\1", part) for part in parts)
    return "".join(shown).replace("|", r"\|") if cell else "".join(shown)

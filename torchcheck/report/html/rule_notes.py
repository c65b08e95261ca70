"""The pages of the rules that a report names: it has to be read where nothing else can be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torchcheck.report.html.markup import Markup, element, joined, prose
from torchcheck.report.rule_sections import Section, sections, status
from torchcheck.rules import find_rule
from torchcheck.rules.base import Rule

_SHOWN = ("What it says", "Why it matters", "What to do", "To silence it", "Example of the mistake", "Right")


def section(codes: Iterable[str]) -> Markup | None:
    """A part for each rule; None without any."""
    notes = [_note(code, find_rule(code)) for code in sorted(set(codes))]
    if not notes:
        return None
    head = element("h2", "The rules", id="rules-title")
    return element("section", head, *notes, id="rules", aria_labelledby="rules-title")


def _note(code: str, rule: type[Rule] | None) -> Markup:
    """One rule; a word for one that this version does not have."""
    if rule is None:
        text = element("p", f"This version of torchcheck has no rule {code}.", class_="quiet")
        return element("details", element("summary", code), text, id=f"rule-{code}", class_="rule-note")
    title = element("summary", element("span", f"{code} {rule.name}", class_="rule"), f" {status(rule)}")
    return element("details", title, *_parts(rule), id=f"rule-{code}", class_="rule-note")


def _parts(rule: type[Rule]) -> Iterator[Markup]:
    for part in sections(rule):
        if part.title in _SHOWN:
            yield element("h3", part.title)
            yield _blocks(part)


def _blocks(part: Section) -> Markup:
    """All paragraphs, or the first of many examples."""
    if part.blocks and part.blocks[0].language is not None:
        return element("pre", element("code", part.blocks[0].text), tabindex=0)
    return joined(element("p", prose(block.text)) for block in part.blocks)

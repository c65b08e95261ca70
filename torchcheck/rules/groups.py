"""The subjects of the rules: the hundreds digit of their codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from torchcheck.rules.base import Rule

GROUPS = {
    "TCK0": "The tool itself",
    "TCK1": "What the loss is fed",
    "TCK2": "Gradients and the order of a step",
    "TCK3": "Optimizer, schedule, regularisation",
    "TCK4": "Data",
    "TCK5": "Modules and modes",
    "TCK6": "What training does",
    "TCK7": "Keeping and repeating",
}


def prefix(rule: type[Rule]) -> str:
    """The selector of a rule's group, as in `TCK1`."""
    return rule.code[:4]


def grouped(rules: Iterable[type[Rule]]) -> Iterator[tuple[str, str, list[type[Rule]]]]:
    """Prefix, title and rules of each group, of rules sorted by code."""
    for code, members in groupby(rules, key=prefix):
        yield code, GROUPS[code], list(members)

"""The rules: one file each, discovered by name.

A file `tck101_softmax_before_cross_entropy.py` in this folder holds one subclass of `Rule`; nothing else has to be
edited to add one.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil

from torchcheck.rules.base import Rule


@functools.cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, sorted by code."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("tck"))
    return tuple(_rule_of(importlib.import_module(f"{__name__}.{name}")) for name in names)


def _rule_of(module: object) -> type[Rule]:
    defined = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Rule) and thing.__module__ == module.__name__  # type: ignore[attr-defined]
    ]
    (rule,) = defined
    return rule


def find_rule(selector: str) -> type[Rule] | None:
    """The rule with this code or name, in any case; None if there is none."""
    wanted = selector.lower()
    return next((rule for rule in all_rules() if wanted in (rule.code.lower(), rule.name)), None)

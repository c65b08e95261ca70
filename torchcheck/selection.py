"""Which rules are on: `select`, `ignore` and `extend-select`, as users of ruff expect them.

A selector is a code (`TCK101`), a prefix (`TCK1`), a name (`softmax-before-cross-entropy`) or `ALL`. The more specific
selector wins, whichever list it stands in. Without `select`, every error and warning rule is on; info and preview
rules are on when a selector names them (`ALL` takes info too, preview only by code or name). `preview` makes preview
rules like any other.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torchcheck.errors import UsageError
from torchcheck.finding import Level
from torchcheck.rules import all_rules
from torchcheck.rules.base import Rule


@dataclass(frozen=True, slots=True)
class Selection:
    """The selectors of one source. `select` None means the defaults."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    preview: bool = False

    def rules(
        self,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        target_torch: tuple[int, int] | None = None,
    ) -> list[Rule]:
        """The rules that are on, with their options, sorted by code.

        Args:
            options: by the rule's name, then by field of its `Options`.
            target_torch: the oldest torch version that the project supports; None if it is not known.

        Raises:
            UsageError: a selector matches no rule.
        """
        check_selectors((*(self.select or ()), *self.ignore, *self.extend_select))
        return [_configured(rule, options or {}, target_torch) for rule in all_rules() if self._is_on(rule)]

    def _is_on(self, rule: type[Rule]) -> bool:
        chosen = (*(self.select or ()), *self.extend_select)
        reach = max((_specificity(s, rule) for s in chosen), default=0)
        if self.select is None and rule.level is not Level.INFO and (self.preview or not rule.preview):
            reach = max(reach, _EVERY)
        if rule.preview and not self.preview and reach < _EXACT:
            return False
        return reach > max((_specificity(s, rule) for s in self.ignore), default=0)


_EVERY, _EXACT = 1, 100  # ALL is the least specific selector, a whole code or name the most


def _specificity(selector: str, rule: type[Rule]) -> int:
    """How closely a selector names a rule; 0 when it does not."""
    if selector == "ALL":
        return _EVERY
    if selector.upper() == rule.code or selector == rule.name:
        return _EXACT
    return len(selector) if rule.code.startswith(selector.upper()) else 0


_LOOK_ALIKE = str.maketrans("OIL", "011")
"""Letters that are typed for digits."""


def split(selectors: Sequence[str]) -> tuple[str, ...]:
    """Selectors as on the command line, where one text may hold several with commas."""
    given = (selectors,) if isinstance(selectors, str) else selectors
    return tuple(part for text in given for part in (piece.strip() for piece in text.split(",")) if part)


def check_selectors(selectors: Iterable[str]) -> None:
    """Raise UsageError for the first selector that matches no rule."""
    for selector in selectors:
        if not any(_specificity(selector, rule) for rule in all_rules()):
            if re.fullmatch(r"TCK\d+", selector.upper()):  # the closest code would be a guess at what is meant
                raise UsageError(
                    f"unknown rule selector `{selector}`: no rule's code starts so; `torchcheck rule --all` lists them"
                )
            known = [r.code for r in all_rules()] + [r.name for r in all_rules()]
            meant = selector.upper().translate(_LOOK_ALIKE)
            close = [meant] if meant in known else difflib.get_close_matches(selector, known, n=1)
            hint = f"; did you mean `{close[0]}`?" if close else "; `torchcheck rule --all` lists them"
            raise UsageError(f"unknown rule selector `{selector}`{hint}")


def _configured(
    rule: type[Rule], options: Mapping[str, Mapping[str, Any]], target_torch: tuple[int, int] | None
) -> Rule:
    return rule(rule.Options(**options.get(rule.name, {})), target_torch=target_torch)

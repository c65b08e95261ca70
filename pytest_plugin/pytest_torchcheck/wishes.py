"""What one place (a marker, the flags, a configuration) asks of torchcheck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

FAIL_ON = ("error", "warning", "never")


@dataclass(frozen=True)
class Wishes:
    """The settings that one place gives.

    Attributes:
        select, ignore: rule selectors, as in `torchcheck lint --select`; `select` None where the place has none.
        fail_on: one of `FAIL_ON`: the level from which a finding fails its test; None where the place does not say.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None


def split_selectors(given: str | Iterable[str]) -> tuple[str, ...]:
    """`"TCK1, TCK201"` or `["TCK1", "TCK201"]` as a tuple of selectors."""
    texts = [given] if isinstance(given, str) else list(given)
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())

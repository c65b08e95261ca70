"""Where a value lost its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchcheck.records import frozen

if TYPE_CHECKING:
    from torchcheck.lint.source import NodePlace


@frozen(eq=False)
class Cut:
    """One operation that gives no gradient: how it is called, and what it was applied to, as the user writes it."""

    place: NodePlace
    by: str
    name: str | None

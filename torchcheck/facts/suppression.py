"""A comment that silences findings. Known to the linter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from torchcheck.facts.place import Place
from torchcheck.finding import Fix
from torchcheck.records import frozen


@frozen
class Selector:
    """What a comment names.

    Attributes:
        text: as it stands in the brackets.
        silenced: findings of this run that it silenced.
        certain: whether this run would have found everything that it can silence: all of its rules were on, only
            reading the source can find them, and no other file can bring them about here.
    """

    text: str
    silenced: int
    certain: bool


@frozen(kw_only=True)
class Suppression:
    """An `ignore` or `file-ignore`, and what it did.

    Attributes:
        kind: which of the two.
        selectors: what it names.
        place: the comment.
        without: makes the fix that takes these selectors out of it, or all of the comment with the last of them.
    """

    kind: str
    selectors: Sequence[Selector]
    place: Place
    without: Callable[[Collection[str]], Fix | None]

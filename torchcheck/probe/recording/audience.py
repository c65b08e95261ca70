"""Those who are told of a run while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol


class Hearer(Protocol):
    """Somebody who is told: a kind of event, and plain data.

    One that has an `is_lively` that is true hears of unsampled steps, too: a few times a second, how far the run is.

    Attributes:
        title: what a remark calls it.
    """

    title: str

    def tell(self, kind: str, data: Mapping[str, Any]) -> None: ...


class Audience:
    """Tells all of them. One that raises is told nothing any more, which is one remark.

    Args:
        hearers: who they are.
        remark: takes the remark.
    """

    def __init__(self, hearers: Sequence[Hearer], remark: Callable[[str], None]) -> None:
        self._hearers = list(hearers)
        self._remark = remark

    def __bool__(self) -> bool:
        return bool(self._hearers)

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something has happened."""
        for hearer in tuple(self._hearers):
            try:
                hearer.tell(kind, data)
            except Exception as error:
                self._hearers.remove(hearer)
                what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
                self._remark(
                    f"The {hearer.title} is told nothing more ({type(error).__name__}: {what}); the training goes on."
                )

"""Attributes of torch that are replaced while somebody listens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

_L = TypeVar("_L")


class Wrapping(Generic[_L]):
    """Replaces attributes of torch for its listeners, and puts them back once there are none."""

    def __init__(self) -> None:
        self._listeners: list[_L] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def listen(self, listener: _L) -> None:
        """Tell `listener` from now on."""
        if not self._originals:
            replaced = list(self._replacements())
            self._originals = [(owner, name, vars(owner).get(name)) for owner, name, _ in replaced]
            for owner, name, by in replaced:
                setattr(owner, name, by)
        self._listeners.append(listener)

    def leave(self, listener: _L) -> None:
        """Tell it no more; without listeners torch is as it was."""
        if listener in self._listeners:
            self._listeners.remove(listener)
        if not self._listeners:
            self.restore()

    def restore(self) -> None:
        """Forget all listeners."""
        self._listeners.clear()
        for owner, name, original in self._originals:
            if original is None:  # inherited from the C base class
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        self._originals = []

    def _replacements(self) -> Iterable[tuple[Any, str, Any]]:
        """Whose attribute of which name becomes what."""
        raise NotImplementedError

"""Who is told of which event just now."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from torchcheck.probe.observer import Observer

Listener = Callable[..., None]
_TOLD_IN_REST = frozenset({"start", "built", "paced", "crashed", "end"})
_TOLD_WHILE_MUTED = _TOLD_IN_REST | {"new_step"}
"""Events that an observer hears of even when it is muted as a whole: it may end that itself."""

_RESTING = "resting"


class Listeners:
    """The listeners of every event, in the order of their observers.

    Training steps are told of from tuples that are made once for each set of muted observers: between samples most of
    them rest, and the two sets alternate.

    Attributes:
        now: those that are told just now, by event.
        changed: called when that is another table.
    """

    def __init__(self) -> None:
        self._all: list[tuple[Observer, str, Listener]] = []
        self._muted: frozenset[Hashable] = frozenset()
        self._made: dict[frozenset[Hashable], dict[str, tuple[Listener, ...]]] = {}
        self.now: dict[str, tuple[Listener, ...]] = {}
        self.changed: Callable[[], object] = tuple

    def add(self, observer: Observer) -> None:
        """Tell an observer of what it overrides."""
        for event in _EVENTS:
            if getattr(type(observer), event) is not getattr(Observer, event):
                self._all.append((observer, event, getattr(observer, event)))
        self._renew()

    def remove(self, observer: Observer) -> None:
        """Tell it nothing any more."""
        self._all = [entry for entry in self._all if entry[0] is not observer]
        self._renew()

    def mute(self, observer: Observer, muted: bool, event: str | None = None) -> None:
        """Leave out an observer, or go on; with `event` of that one alone."""
        self._set(id(observer) if event is None else (id(observer), event), muted)

    def rest(self, resting: bool) -> None:
        """Leave out the observers that rest between samples, or go on."""
        self._set(_RESTING, resting)

    def _set(self, key: Hashable, muted: bool) -> None:
        if (key in self._muted) != muted:
            self._muted = self._muted | {key} if muted else self._muted - {key}
            self.now = self._made.get(self._muted) or self._make()
            self.changed()

    def _renew(self) -> None:
        self._made.clear()
        self.now = self._make()
        self.changed()

    def _make(self) -> dict[str, tuple[Listener, ...]]:
        made: dict[str, tuple[Listener, ...]] = {}
        for observer, event, listener in self._all:
            if not self._is_muted(observer, event):
                made[event] = (*made.get(event, ()), listener)
        self._made[self._muted] = made
        return made

    def _is_muted(self, observer: Observer, event: str) -> bool:
        if (id(observer), event) in self._muted:
            return True
        if observer.rests and _RESTING in self._muted:
            return event not in _TOLD_IN_REST
        return id(observer) in self._muted and event not in _TOLD_WHILE_MUTED


_EVENTS = tuple(name for name, thing in vars(Observer).items() if callable(thing) and not name.startswith("_"))

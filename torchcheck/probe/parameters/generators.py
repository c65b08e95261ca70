"""Generators of parameters that have nothing left to give."""

from __future__ import annotations

from types import GeneratorType
from typing import Any, ClassVar
from weakref import ref

from torchcheck.facts.generator import GeneratorSpent
from torchcheck.finding import Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.probe.source import argument


class Generators(Observer):
    """Remembers which generator an optimizer was built with, and sees one that comes back empty."""

    facts: ClassVar[tuple[str, ...]] = ("generator",)

    def start(self, session: Session) -> None:
        self._first: dict[int, tuple[ref[Any], Span]] = {}

    def taken(self, parameters: GeneratorType[Any, Any, Any], use: str, place: Span) -> None:
        known = self._first.get(id(parameters))
        first = known[1] if known is not None and known[0]() is parameters else None
        if parameters.gi_frame is not None:
            self._first[id(parameters)] = (ref(parameters), place)
            return
        fact = GeneratorSpent(
            name=argument(place, 0, "params") or argument(place, 0, "parameters") or "the argument",
            place=place,
            first=first,
            use=use,
            in_loop=False,
        )
        self.session.report(self.session.judge.generator(fact))

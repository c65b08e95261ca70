"""In which order units are interpreted, and what each is told of those before it."""

from __future__ import annotations

from collections import defaultdict

from torchcheck.lint.result import Part
from torchcheck.lint.units import Unit


class Schedule:
    """Hands out units as soon as all that may reach them are done, whoever does them."""

    def __init__(self, units: list[Unit]) -> None:
        self.units = units
        self._parts: dict[int, Part] = {}
        self._reached: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._waiting = {index: unit.before.bit_count() for index, unit in enumerate(units)}
        self._after: dict[int, list[int]] = defaultdict(list)
        for index, unit in enumerate(units):
            for earlier in filter(unit.comes_after, range(index)):
                self._after[earlier].append(index)
        self._ready = [index for index, count in self._waiting.items() if not count][::-1]

    @property
    def finished(self) -> int:
        """How many units are done."""
        return len(self._parts)

    def next(self) -> int | None:
        """A unit that can be done now, and is from now on somebody's; None where there is none at the moment."""
        return self._ready.pop() if self._ready else None

    def reached(self, index: int) -> dict[str, set[str]]:
        """What in the files of a unit those before it have called: labels, by file."""
        unit = self.units[index]
        return {
            key: {label for earlier, label in self._reached[key] if unit.comes_after(earlier)}
            for key in unit.wanted
            if key in self._reached
        }

    def finish(self, index: int, part: Part) -> None:
        """A unit is done."""
        self._parts[index] = part
        for key, label in part.reached:
            self._reached[key].append((index, label))
        for later in self._after[index]:
            self._waiting[later] -= 1
            if not self._waiting[later]:
                self._ready.append(later)

    def parts(self) -> list[Part]:
        """What all units gave, in their order."""
        return [self._parts[index] for index in range(len(self.units))]

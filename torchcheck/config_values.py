"""What each kind of setting may hold: readers that hand a value on, or raise a `UsageError` that names its key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, fields
from typing import Any

from torchcheck.errors import UsageError
from torchcheck.rules.base import allowed_range
from torchcheck.selection import check_selectors


@dataclass(frozen=True, slots=True)
class Place:
    """A key in a file, for messages."""

    source: str
    keys: tuple[str, ...] = ()

    def __truediv__(self, key: str) -> Place:
        return Place(self.source, (*self.keys, key))

    def wrong(self, expected: str, value: object) -> UsageError:
        shown = repr(value) if len(repr(value)) < 60 else type(value).__name__
        return UsageError(f"{self.source}: `{'.'.join(self.keys) or 'torchcheck'}` must be {expected}, not {shown}")

    def unknown(self, kind: str, name: str, known: Iterable[str]) -> UsageError:
        names = sorted(known)
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        where = f" in `{'.'.join(self.keys)}`" if self.keys else ""
        hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(names) or 'none'}"
        return UsageError(f"{self.source}: unknown {kind} `{name}`{where}; {hint}")


Reader = Callable[[Place, Any], Any]


def strings(place: Place, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise place.wrong("a list of strings", value)
    return tuple(value)


def selectors(place: Place, value: Any) -> tuple[str, ...]:
    named = strings(place, value)
    try:
        check_selectors(named)
    except UsageError as error:
        raise UsageError(f"{place.source}: `{'.'.join(place.keys)}`: {error}") from None
    return named


def table(place: Place, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise place.wrong("a table", value)
    return value


def per_file(place: Place, value: Any) -> dict[str, tuple[str, ...]]:
    return {pattern: selectors(place / pattern, item) for pattern, item in table(place, value).items()}


def choice(*allowed: str) -> Reader:
    def read(place: Place, value: Any) -> str:
        if value not in allowed:
            raise place.wrong(" or ".join(f'"{item}"' for item in allowed), value)
        return str(value)

    return read


def count(place: Place, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise place.wrong("a whole number of at least 1", value)
    return value


def version(place: Place, value: Any) -> tuple[int, int]:
    parts = value.split(".") if isinstance(value, str) else []
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        raise place.wrong('a version like "2.4"', value)
    return int(parts[0]), int(parts[1])


def flag(place: Place, value: Any) -> bool:
    if not isinstance(value, bool):
        raise place.wrong("true or false", value)
    return value


def path(place: Place, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise place.wrong("the path of a file", value)
    return value


def rule_options(place: Place, given: dict[str, Any], options: type[Any]) -> dict[str, Any]:
    """The values of a rule's options. Each has the type of its default; a whole number will do for a float."""
    known = {option.name: option for option in fields(options)}
    read = {}
    for key, value in given.items():
        name = key.replace("-", "_")
        if name not in known:
            raise place.unknown("option", key, [option.replace("_", "-") for option in known])
        read[name] = _in_range(place / key, _like(place / key, value, known[name].default), known[name])
    return read


def _like(place: Place, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        return tuple(_like(place, item, default[0]) if default else item for item in _list(place, value))
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(default):
        raise place.wrong(_TYPE_NAMES.get(type(default), f"like {default!r}"), value)
    return value


_TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}


def _list(place: Place, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise place.wrong("a list", value)
    return value


def _in_range(place: Place, value: Any, option: Field[Any]) -> Any:
    low, high = option.metadata.get("minimum"), option.metadata.get("maximum")
    for item in value if isinstance(value, tuple) else (value,):
        if (low is not None and not item >= low) or (high is not None and not item <= high):
            raise place.wrong(allowed_range(low, high), item)
    return value

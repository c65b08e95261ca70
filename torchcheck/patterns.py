"""Regular expressions that are compiled when they are first used: most files need few of them."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "pattern", "flags", "groups")


class _Later:
    """Becomes as good as the pattern once it is asked for anything."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        self.__dict__.update({one: getattr(compiled, one) for one in _METHODS})
        return self.__dict__[name]


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` gives, for use by its methods and attributes alone."""
    return cast("re.Pattern[str]", _Later(source, flags))

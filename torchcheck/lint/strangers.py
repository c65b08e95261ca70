"""Libraries that have nothing to do with torch, though they say `backward` or `grad`: sympy, for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from torchcheck.lint.glance import Glance, Imported
from torchcheck.patterns import pattern

_FEWEST = 20
"""Files of a library: code that is shown in one piece, or in a few, need not say what its names mean."""

_TORCH = pattern(
    r"torch|lightning|fabric|fastai|timm|transformers|accelerate|ignite|kornia|monai|skorch|deepspeed|composer|catalyst|"
    r"mmengine|mmcv|detectron|ultralytics|diffusers|peft|\btrl\b"
)
"""Packages that are torch's, or built on it."""

Find = Callable[[str, str, int], str | None]


def strangers(glances: Mapping[str, Glance], find: Find) -> set[str]:
    """The files of large groups that import one another, and of which none imports torch or what is built on it.

    Args:
        glances: the files to report on.
        find: the file that a module is, as seen from another.
    """
    if len(glances) < _FEWEST:
        return set()
    groups = _Groups(glances)
    for key, seen in glances.items():
        for target in _imported(key, seen, find):
            if target is not None and target in glances:
                groups.join(key, target)
    members: dict[str, list[str]] = defaultdict(list)
    for key in glances:
        members[groups.of(key)].append(key)
    return {
        key
        for group in members.values()
        if len(group) >= _FEWEST and not any(_is_torchs(glances[one]) for one in group)
        for key in group
    }


def _imports(seen: Glance) -> Iterator[Imported]:
    yield from seen.bound.values()
    yield from seen.stars


def _imported(key: str, seen: Glance, find: Find) -> Iterator[str | None]:
    for one in _imports(seen):
        yield find(key, one.module, one.level)
        if one.name is not None:
            yield find(key, f"{one.module}.{one.name}" if one.module else one.name, one.level)


def _is_torchs(seen: Glance) -> bool:
    return any(not one.level and _TORCH.search(one.module.partition(".")[0]) for one in _imports(seen))


class _Groups:
    """Which files belong together."""

    def __init__(self, keys: Mapping[str, object]) -> None:
        self._above = {key: key for key in keys}

    def of(self, key: str) -> str:
        """The file that stands for the group of another."""
        while self._above[key] != key:
            self._above[key] = key = self._above[self._above[key]]
        return key

    def join(self, one: str, other: str) -> None:
        """Two files belong together."""
        self._above[self.of(one)] = self.of(other)

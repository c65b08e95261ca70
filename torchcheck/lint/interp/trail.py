"""Every write to a cell, so that a branch can be read arm by arm and joined."""

from __future__ import annotations

from typing import Any

from torchcheck.lint.interp.join import common_suffix, join
from torchcheck.lint.interp.torch_values import FROZEN, MODE, SYNCED, Mode
from torchcheck.lint.interp.values import ITEMS, OPEN, UNKNOWN, Cells, Value

MISSING: Any = object()
"""What a cell holds that was never written."""

Changes = dict[tuple[int, Any], tuple[Cells, Any, Any]]
"""Cells that an arm changed, with the values that it left in them."""


class Trail:
    """A log of writes that can be wound back."""

    def __init__(self) -> None:
        self._log: list[tuple[Cells, Any, Any]] = []

    def write(self, cells: Cells, key: Any, value: Any) -> None:
        self._log.append((cells, key, cells.get(key, MISSING)))
        if value is MISSING:
            cells.pop(key, None)
        else:
            cells[key] = value

    def mark(self) -> int:
        return len(self._log)

    def touched_since(self, mark: int, own: Cells) -> bool:
        """Whether anything but `own` cells was written since `mark`."""
        return any(self._log[index][0] is not own for index in range(mark, len(self._log)))

    def changes(self, mark: int) -> Changes:
        """What has changed since `mark`."""
        log = self._log
        return {
            (id(cells), key): (cells, key, cells.get(key, MISSING))
            for cells, key, _ in (log[i] for i in range(mark, len(log)))
        }

    def rewind(self, mark: int) -> Changes:
        """Take back everything since `mark`, and say what it was."""
        changes = self.changes(mark)
        log = self._log
        while len(log) > mark:
            cells, key, old = log.pop()
            if old is MISSING:
                cells.pop(key, None)
            else:
                cells[key] = old
        return changes

    def merge(self, arms: list[Changes]) -> None:
        """Go on from several arms at once: where they differ, a value is joined."""
        if not arms:
            return
        touched = {where: (cells, key) for arm in arms for where, (cells, key, _) in arm.items()}
        touched = dict(sorted(touched.items(), key=lambda item: item[1][1] == ITEMS))  # `open` before `items`
        for where, (cells, key) in touched.items():
            before = cells.get(key, MISSING)
            values = [arm[where][2] if where in arm else before for arm in arms]
            joined = _joined(key, values)
            self.write(cells, key, joined)
            if key == ITEMS and joined is not MISSING and any(_holds_more(value, joined) for value in values):
                self.write(cells, OPEN, True)


def _holds_more(items: Any, joined: Any) -> bool:
    """Whether an arm has items beside those that all arms agree on; one that has not looked may have any."""
    return items is MISSING or len(items) > len(joined)


def _joined(key: Any, values: list[Any]) -> Any:
    known = [value for value in values if value is not MISSING]
    if not known:
        return MISSING
    if len(known) < len(values) and key in (MODE, FROZEN, SYNCED):  # in some arm it is as it was built
        return Mode(None) if key == MODE else UNKNOWN
    if all(value is known[0] for value in known):
        return known[0]
    if all(isinstance(value, Value) for value in known):
        return join(known)
    if key == ITEMS:
        return _common_layers(known) if isinstance(known[0], dict) else common_suffix(known)
    return any(known)  # `open`


def _common_layers(versions: list[dict[str, Value]]) -> dict[str, Value]:
    """The same of the layers of a container: name by name where the names agree."""
    names = list(versions[0])
    if all(list(version) == names for version in versions):
        return {name: join([version[name] for version in versions]) for name in names}
    suffix = common_suffix([tuple(version.values()) for version in versions])
    return {str(index): layer for index, layer in enumerate(suffix)}

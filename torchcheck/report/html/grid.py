"""The layers of a run over time: a row a layer, a column a stretch of steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from torchcheck.facts.trail import LayerScales, ScaleSample
from torchcheck.records import frozen

MOST_ROWS = 120
MOST_COLUMNS = 120
"""Of one run in a page."""

Cells = list[list[float | None]]


@frozen
class Grid:
    """What was measured of the layers.

    Attributes:
        names: of the weights, from the first layer to the last.
        left_out: how many more there are.
        edges: the first step of each column, and the step at which the last one ends.
        seen: how many sampled steps stand in it.
        samples: by name, what was measured in each column.
    """

    names: list[str]
    left_out: int
    edges: list[int]
    seen: int
    samples: dict[str, list[list[LayerScales]]]

    def cells(self, of: Callable[[LayerScales], float | None]) -> Cells | None:
        """The greatest value of each cell, so that no peak is lost; None where nothing of it was measured."""
        rows = [[_greatest(map(of, cell)) for cell in self.samples[name]] for name in self.names]
        return rows if any(value is not None for row in rows for value in row) else None

    def last(self, of: Callable[[LayerScales], tuple[float, ...] | None]) -> list[list[tuple[float, ...] | None]]:
        """For values that belong together: those of the last sample of each cell that has them."""
        return [[_last(map(of, cell)) for cell in self.samples[name]] for name in self.names]


def grid(
    samples: Iterable[ScaleSample], wanted: Iterable[str] = (), columns: int = MOST_COLUMNS, until: int | None = None
) -> Grid | None:
    """The samples of a run as a grid; None where there are none.

    Args:
        samples: oldest first.
        wanted: dotted names of modules or weights that must not be left out.
        columns: how many at most; each holds as many samples as the others.
        until: the step at which the run ended; the last column goes no further.
    """
    by_step: dict[int, list[ScaleSample]] = {}
    for sample in samples:
        by_step.setdefault(sample.step, []).append(sample)
    steps = sorted(by_step)
    if not steps:
        return None
    names = _named([sample for step in steps for sample in by_step[step]])
    kept = _chosen(list(dict.fromkeys(names.values())), set(wanted))
    starts = sorted(
        {steps[index * len(steps) // columns] for index in range(columns)} if len(steps) > columns else steps
    )
    after = steps[-1] + (steps[-1] - steps[-2] if len(steps) > 1 else 1)
    after = max(steps[-1] + 1, after if until is None else min(after, until))
    made: dict[str, list[list[LayerScales]]] = {name: [[] for _ in starts] for name in kept}
    column = -1
    for step in steps:
        if column + 1 < len(starts) and step >= starts[column + 1]:
            column += 1
        for sample in by_step[step]:
            for own, layer in sample.layers.items():
                row = made.get(names[sample.optimizer, own])
                if row is not None:
                    row[column].append(layer)
    return Grid(kept, len(set(names.values())) - len(kept), [*starts, after], len(steps), made)


def ratio(layer: LayerScales) -> float | None:
    """How large the change of a weight is beside the weight."""
    if layer.update is None or not layer.weight:
        return None
    return layer.update / layer.weight


def moments(layer: LayerScales) -> tuple[float, ...] | None:
    """Mean and standard deviation of what a layer gave."""
    return None if layer.mean is None or layer.std is None else (layer.mean, layer.std)


def _named(samples: Sequence[ScaleSample]) -> dict[tuple[str, str], str]:
    """A name for each weight of each optimizer; with that of the optimizer where two train weights of one name."""
    owners: dict[str, list[str]] = {}
    for sample in samples:
        for name in sample.layers:
            known = owners.setdefault(name, [])
            if sample.optimizer not in known:
                known.append(sample.optimizer)
    return {
        (optimizer, name): name if len(all_of) == 1 else f"{name} ({optimizer})"
        for name, all_of in owners.items()
        for optimizer in all_of
    }


def _chosen(names: list[str], wanted: set[str]) -> list[str]:
    """All names, or of many those that are wanted and others evenly, in order."""
    if len(names) <= MOST_ROWS:
        return names
    must = [name for name in names if name in wanted or name.rpartition(".")[0] in wanted][: MOST_ROWS // 2]
    rest = [name for name in names if name not in set(must)]
    free = MOST_ROWS - len(must)
    kept = {*must, *(rest[index * len(rest) // free] for index in range(free))}
    return [name for name in names if name in kept]


def _greatest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None and math.isfinite(value)), default=None)


def _last(values: Iterable[tuple[float, ...] | None]) -> tuple[float, ...] | None:
    found = None
    for value in values:
        found = value if value is not None else found
    return found


def widest(edges: Sequence[int]) -> int:
    """Steps of the longest column."""
    return max(b - a for a, b in pairwise(edges))

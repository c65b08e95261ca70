"""One of the runs in a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchcheck.history.run import Run
from torchcheck.records import frozen
from torchcheck.report.html import grid

_COLUMNS_OF_TWO = 72


@frozen
class Side:
    """A run, and how the page tells it from another.

    Attributes:
        run: the run.
        label: what it is called in legends: the end of its id; empty in a page of one run.
        is_other: it is what the run of the page is compared with.
        grid: its layers; None where none were measured.
    """

    run: Run
    label: str
    is_other: bool
    grid: grid.Grid | None

    @property
    def steps(self) -> int:
        """Where the time axis ends."""
        measured = self.grid.edges[-1] if self.grid is not None else 0
        return max(self.run.steps, measured, 1)

    def named(self, name: str) -> str:
        """A name in a legend."""
        return f"{name} · {self.label}" if self.label else name


def sides(run: Run, other: Run | None) -> list[Side]:
    """The run of the page, and the one that it is compared with."""
    if other is None:
        return [Side(run, "", False, _grid(run, grid.MOST_COLUMNS))]
    same = run.id.rpartition("-")[2] == other.id.rpartition("-")[2]
    labels = [one.id if same else one.id.rpartition("-")[2] for one in (run, other)]
    return [
        Side(one, label, is_other, _grid(one, _COLUMNS_OF_TWO))
        for one, label, is_other in zip((run, other), labels, (False, True), strict=True)
    ]


def _grid(run: Run, columns: int) -> grid.Grid | None:
    return grid.grid(run.scales, set(_accused(run)), columns, run.steps)


def _accused(run: Run) -> Iterator[str]:
    """The modules and weights that findings speak of, with and without the name of the model."""
    for finding in run.findings:
        for name in (finding.module, finding.evidence.get("parameter")):
            if isinstance(name, str) and name:
                yield name


def rows(many: Sequence[Side]) -> list[str]:
    """The layers of all runs, each once."""
    return list(dict.fromkeys(name for side in many if side.grid is not None for name in side.grid.names))

"""All runs, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchcheck.history.run import Run
from torchcheck.history.view import words
from torchcheck.report.style import Style
from torchcheck.report.tables import table

_TITLES = ("run", "began", "script", "code", "steps", "loss", "findings", "time", "status")


def listing(runs: Sequence[Run], style: Style) -> str:
    """A table of runs."""
    return table(_TITLES, [_row(run, style) for run in runs], style, right=("steps", "loss", "time"))


def to_json(run: Run) -> dict[str, Any]:
    """A run in short."""
    return {
        "id": run.id,
        "folder": str(run.folder.absolute()),
        "began": run.start.get("began"),
        "command": run.start.get("command"),
        "git": {name: run.git.get(name) for name in ("commit", "branch", "dirty")} if run.git else None,
        "status": run.status,
        "steps": run.steps,
        "seconds": run.seconds,
        "loss": words.finite(words.last_loss(run)),
        "findings": words.levels(run),
    }


def _row(run: Run, style: Style) -> tuple[str, ...]:
    return (
        style.bold(run.id),
        words.when(run),
        words.script(run),
        words.code(run),
        str(run.steps),
        words.number(words.last_loss(run)),
        words.findings(run, style),
        words.seconds(run.seconds),
        words.status(run, style),
    )

"""A run, read from its folder, whatever has become of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from torchcheck import locks
from torchcheck.facts.curve import Curve
from torchcheck.facts.curve_json import curve_from_json
from torchcheck.facts.trail import Trail
from torchcheck.finding import Finding
from torchcheck.history.events import read
from torchcheck.history.excerpt import Place
from torchcheck.history.scale_file import read_scales
from torchcheck.ranks.join import Joined, join
from torchcheck.ranks.record import Record


@dataclass(slots=True)
class Series:
    """One quantity at the steps at which it was measured; values may be NaN or infinite."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: int, value: float) -> None:
        self.steps.append(step)
        self.values.append(value)


@dataclass(slots=True)
class Process:
    """What one process wrote.

    Attributes:
        who: `main`, `rank0`, `gw1`.
        is_alive: it still runs, as far as can be seen.
        start, environment, seed, end: the events of these names.
        models, optimizers, schedulers, tests: one event each.
        curves: the trainings that were judged as a whole, each with an evaluation beside it.
        sources: the lines around findings as they were then: the number of the first, and the lines.
        losses, rates: by name; the rates of an optimizer with several are those of its first group.
        record: its findings, remarks, steps and seconds, as far as it came.
    """

    who: str
    is_alive: bool
    start: dict[str, Any] | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    seed: dict[str, Any] = field(default_factory=dict)
    models: list[dict[str, Any]] = field(default_factory=list)
    optimizers: list[dict[str, Any]] = field(default_factory=list)
    schedulers: list[dict[str, Any]] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    sources: dict[Place, tuple[int, list[str]]] = field(default_factory=dict)
    losses: dict[str, Series] = field(default_factory=dict)
    rates: dict[str, Series] = field(default_factory=dict)
    end: dict[str, Any] | None = None
    record: Record = field(default_factory=lambda: Record(None))

    def take(self, event: dict[str, Any]) -> None:
        """One more event. Raises KeyError, TypeError or ValueError where it is none of ours."""
        kind = event["event"]
        self.record.seconds = float(event.get("t", self.record.seconds))
        if kind in ("start", "environment", "seed"):
            setattr(self, kind, _details(event))
        elif kind in ("model", "optimizer", "scheduler", "test"):
            getattr(self, f"{kind}s").append(_details(event))
        elif kind == "sample":
            self._sample(event)
        elif kind == "finding":
            self.record.findings.append(Finding.from_json(event))
        elif kind == "curve":
            self.curves.append(curve_from_json(event))
        elif kind == "source":
            place = event["filename"], event["cell"], int(event["row"])
            self.sources[place] = int(event["first"]), [str(line) for line in event["lines"]]
        elif kind == "remark":
            self.record.remarks.append(event["text"])
        elif kind == "end":
            self._finish(event)

    def _sample(self, event: Mapping[str, Any]) -> None:
        step = int(event["step"])
        for table, given in ((self.losses, event["losses"]), (self.rates, event["rates"])):
            for name, value in given.items():
                first = value[0] if isinstance(value, list) else value
                table.setdefault(name, Series()).add(step, float(first))
        self.record.steps = max(self.record.steps, step + 1)

    def _finish(self, event: dict[str, Any]) -> None:
        findings = [Finding.from_json(data) for data in event["findings"]]
        self.record.findings, self.record.remarks = findings, list(event["remarks"])
        self.record.steps, self.record.seconds = int(event["steps"]), float(event["seconds"])
        self.record.status = event["status"]
        self.end = event


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes:
        folder: where it is.
        processes: those that took part; the one that began it first.
    """

    folder: Path
    processes: list[Process]

    @property
    def id(self) -> str:
        return self.folder.name

    @cached_property
    def start(self) -> dict[str, Any]:
        """What was known when it began; empty where that was lost."""
        return next((process.start for process in self.processes if process.start), {})

    @property
    def began(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.start["began"])
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def git(self) -> dict[str, Any]:
        return self.start.get("git") or {}

    @property
    def words(self) -> list[str]:
        """The script and its arguments."""
        return list(self.start.get("command", {}).get("words", []))

    @cached_property
    def lead(self) -> Process:
        """The process that stands for the training: the first one that trained."""
        return next((process for process in self.processes if process.losses), self.processes[0])

    @cached_property
    def joined(self) -> Joined:
        """What all of them found."""
        return join([process.record for process in self.processes])

    @property
    def findings(self) -> list[Finding]:
        return self.joined.findings

    @property
    def steps(self) -> int:
        return self.joined.steps

    @property
    def seconds(self) -> float:
        return self.joined.seconds

    @property
    def loss(self) -> Series | None:
        """The loss with the most values."""
        return max(self.lead.losses.values(), key=lambda series: len(series.values), default=None)

    @property
    def is_running(self) -> bool:
        return any(process.end is None and process.is_alive for process in self.processes)

    @property
    def status(self) -> str:
        """How it ended: `ok`, `stopped`, `failed (1)`, `interrupted`, `killed`; or `running`."""
        if self.is_running:
            return "running"
        if any(process.end is None for process in self.processes):
            return "killed"
        ends = [process.end for process in self.processes if process.end is not None]
        status = next((end["status"] for end in ends if end["status"]), 0)
        if any(end.get("stopped") for end in ends):
            return "stopped"
        return "ok" if not status else "interrupted" if status in (130, 143) else f"failed ({status})"

    @property
    def error(self) -> str | None:
        """What the program raised."""
        told = [process.end.get("error") for process in self.processes if process.end is not None]
        return next((error for error in told if error), None)

    @cached_property
    def scales(self) -> Trail:
        """How the scales of weights, gradients and updates of the lead went; empty where none were kept."""
        return read_scales(self.folder, self.lead.who)

    @property
    def diff(self) -> str:
        """What had changed in the code since its commit."""
        try:
            return (self.folder / "diff.patch").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def load(folder: Path) -> Run:
    """Read a run."""
    files = sorted(folder.glob("*.jsonl"), key=_order)
    return Run(folder, [_process(path) for path in files] or [Process("main", is_alive=False)])


def last_finite(series: Series) -> float | None:
    """The last value that is a number."""
    return next((value for value in reversed(series.values) if math.isfinite(value)), None)


def _process(path: Path) -> Process:
    who = path.name.partition(".")[0]
    process = Process(who, is_alive=locks.CAN_LOCK and locks.is_held(path))
    rank = who.removeprefix("rank")
    process.record.rank = int(rank) if rank.isdecimal() else None
    for event in read(path):
        try:
            process.take(event)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return process


def _order(path: Path) -> tuple[bool, int, str]:
    who = path.name.partition(".")[0]
    digits = "".join(character for character in who if character.isdecimal())
    return who != "main", int(digits or 0), path.name


def _details(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("event", "t")}

"""Runs as a recorder leaves them, without a training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.history.events import Writer
from torchcheck.history.recorder import Recorder
from torchcheck.ranks.record import Record


def finding(
    code: str = "TCK201", row: int = 10, filename: str = "/project/train.py", module: str | None = None
) -> Finding:
    place = Span(filename, Position(row, 5), Position(row, 20))
    return Finding(
        code, "missing-zero-grad", Level.ERROR, "Gradients add up.", "why", "help", place, Lens.RUNTIME, module=module
    )


def make(
    runs: Path,
    name: str,
    *,
    words: tuple[str, ...] = ("train.py",),
    losses: tuple[float, ...] = (1.0, 0.5),
    rate: float = 0.1,
    findings: tuple[Finding, ...] = (),
    git: dict[str, Any] | None = None,
    diff: str = "",
    status: int | None = 0,
    began: str = "2026-03-01T12:00:00+00:00",
    python: str = "3.11.7",
) -> Path:
    """A folder of a run; without an end where the status is None."""
    folder = runs / name
    folder.mkdir(parents=True)
    recorder = Recorder(folder, "main")
    start = {"schema": 1, "began": began, "command": {"door": "run", "words": list(words), "options": []}}
    recorder.tell("start", {**start, "directory": "/project", "git": git, "python": python, "platform": "Linux"})
    group = {"lr": rate, "momentum": 0.9, "tensors": 2, "elements": 5}
    recorder.tell("optimizer", {"name": "optimizer", "class": "torch.optim.SGD", "groups": [group], "step": 0})
    recorder.tell("environment", {"torch": "2.13.0", "numpy": "2.4.6"})
    recorder.tell("seed", {"torch": 0})
    for step, loss in enumerate(losses):
        recorder.tell("sample", {"step": step, "losses": {"loss": loss}, "rates": {"optimizer": rate}})
    if diff:
        (folder / "diff.patch").write_text(diff, encoding="utf-8")
    for one in findings:
        recorder.tell("finding", one.to_json())
    if status is None:
        recorder.close()
    else:
        recorder.end(Record(None, findings=list(findings), steps=len(losses), seconds=3.5, status=status))
    return folder


def writer(folder: Path, who: str = "main") -> Writer:
    folder.mkdir(parents=True, exist_ok=True)
    return Writer(folder / f"{who}.1.jsonl")

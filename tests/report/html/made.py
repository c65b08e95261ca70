"""Runs with layers and curves, as a recorder leaves them, and their pages."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from torchcheck.facts.curve import Curve, Series
from torchcheck.facts.curve_json import curve_to_json
from torchcheck.finding import Finding, Position, Span
from torchcheck.history.recorder import Recorder
from torchcheck.history.run import load
from torchcheck.ranks.record import Record
from torchcheck.report.html.page import page

PLOTLY = "/* stands for plotly */"


def sample(step: int, layers: dict[str, list[float | None]], optimizer: str = "optimizer") -> dict[str, Any]:
    """What the probes tell of the layers at one step."""
    return {
        "step": step,
        "epoch": None,
        "optimizer": optimizer,
        "loss": 1.0,
        "learning_rates": [0.1],
        "layers": layers,
    }


def trained(
    runs: Path,
    name: str = "20260301-120000-aaaa",
    *,
    layers: int = 3,
    steps: int = 40,
    findings: tuple[Finding, ...] = (),
    losses: tuple[float, ...] | None = None,
    script: Path | None = None,
) -> Path:
    """A run that trained, with scales of its layers and a curve."""
    folder = runs / name
    folder.mkdir(parents=True)
    recorder = Recorder(folder, "main")
    words = [str(script) if script else "train.py", "--lr", "0.1"]
    command = {"door": "run", "words": words, "options": []}
    directory = str(script.parent) if script else "/project"
    start = {"schema": 1, "began": "2026-03-01T12:00:00+00:00", "command": command, "directory": directory}
    recorder.tell("start", {**start, "git": None, "python": "3.11.7", "platform": "Linux", "torchcheck": "0.1.0"})
    group = {"lr": 0.1, "momentum": 0.9, "tensors": 2, "elements": 5}
    recorder.tell("optimizer", {"name": "optimizer", "class": "torch.optim.SGD", "groups": [group], "step": 0})
    told = losses if losses is not None else tuple(2.0 * math.exp(-step / 20) for step in range(steps))
    for step, loss in enumerate(told):
        recorder.tell("sample", {"step": step, "losses": {"loss": loss}, "rates": {"optimizer": 0.1}})
        of_layers: dict[str, list[float | None]] = {
            f"model.layers.{index}.weight": [5.0, 0.1 / (index + 1), 0.005, 0.1, 1.0 + step / 100, 0.25, None]
            for index in range(layers)
        }
        recorder.tell("scales", sample(step, of_layers))
    finite = [(step, loss) for step, loss in enumerate(told, 1) if math.isfinite(loss)]
    if len(finite) > 10:
        recorder.tell("curve", curve_to_json(curve([s for s, _ in finite], [v for _, v in finite])))
    for one in findings:
        recorder.tell("finding", one.to_json())
    recorder.end(Record(None, findings=list(findings), steps=len(told), seconds=3.5, status=0))
    return folder


def curve(steps: list[int], values: list[float], *, validation: bool = True) -> Curve:
    """The curve of a training with an evaluation beside it."""
    at = Position(10, 5)
    place = Span("/project/train.py", at, at)
    held = Series(name="loss on val_loader", steps=steps[::5], values=[1.1 * v for v in values[::5]], place=place)
    score = Series(name="accuracy on val_loader", steps=steps[::5], values=[0.5] * len(steps[::5]), place=place)
    training = Series(name="loss", steps=steps, values=values, place=place)
    if not validation:
        return Curve(training=training, live=True)
    return Curve(training=training, validation=held, metric=score, samples=100, live=True)


def page_of(folder: Path, other: Path | None = None) -> str:
    """The page of a run, without plotly."""
    return page(load(folder), load(other) if other is not None else None, PLOTLY)


def data_of(text: str) -> dict[str, Any]:
    """The data that the script of a page reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def figure(text: str, name: str) -> dict[str, Any]:
    """A chart of a page, by its id."""
    return next(one for one in data_of(text)["figures"] if one["id"] == name)

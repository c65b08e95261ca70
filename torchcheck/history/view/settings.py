"""What a run was built with, as one table: a name, a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torchcheck.history.run import Run


def flat(run: Run) -> dict[str, Any]:
    """Models, optimizers and schedulers of a run, each number under a name of its own.

    What is built many times under one name counts once, as it was at last.
    """
    return dict(_models(run)) | dict(_optimizers(run)) | dict(_schedulers(run))


def _models(run: Run) -> Iterator[tuple[str, Any]]:
    for model in run.lead.models:
        yield model["name"], model["class"]
        yield f"{model['name']}.parameters", model["parameters"]
        if model["trainable"] != model["parameters"]:
            yield f"{model['name']}.trainable", model["trainable"]
        if model["dtypes"] != ["float32"]:
            yield f"{model['name']}.dtypes", model["dtypes"]


def _optimizers(run: Run) -> Iterator[tuple[str, Any]]:
    for optimizer in run.lead.optimizers:
        name, groups = optimizer["name"], optimizer["groups"]
        yield name, optimizer["class"]
        for index, group in enumerate(groups):
            prefix = name if len(groups) == 1 else f"{name}[{index}]"
            yield from [(f"{prefix}.{key}", value) for key, value in group.items() if key != "tensors"]


def _schedulers(run: Run) -> Iterator[tuple[str, Any]]:
    for scheduler in run.lead.schedulers:
        kind = scheduler["class"].rpartition(".")[2]
        yield f"{kind}", f"of {scheduler['optimizer']}" if scheduler.get("optimizer") else "yes"
        yield from [(f"{kind}.{key}", value) for key, value in scheduler["settings"].items()]

"""Gradient scalers on the paths through a loop: whose update it is, and what the paths agree on."""

from __future__ import annotations

from dataclasses import replace

from torchcheck.facts.step import Act
from torchcheck.lint.interp.events import Happening
from torchcheck.lint.interp.paths import Path
from torchcheck.lint.interp.torch_values import Optimizer


def own_updates(path: Path, optimizer: Optimizer) -> Path:
    """The path without the updates of scalers that are for another optimizer's step."""
    if not any(event.act is Act.UPDATE_SCALE for event in path):
        return path
    own = {event.scaler for event in path if event.act is Act.STEP and event.optimizer is optimizer}
    stepped: set[str] = set()
    due = True
    kept: list[Happening] = []
    for turn in range(2):  # the first turn only tells with what the second begins
        for event in path:
            keep = turn == 1
            if event.act is Act.STEP:
                stepped.add(event.scaler)
                due = due or event.optimizer is optimizer
            elif event.act is Act.UPDATE_SCALE and event.certain:
                keep = keep and event.scaler in own and (due or event.scaler not in stepped)
                due = due and event.scaler not in own
                stepped.discard(event.scaler)
            if keep:
                kept.append(event)
    return tuple(kept)


def settled_scaling(paths: list[Path]) -> list[Path]:
    """The same paths, with nothing said of scaling where it depends on the path.

    Scaling is switched by flags, in ways that conditions alone don't show: a path on which only half of it is on may
    not be one. Neither may a path that steps more often than another.
    """
    if _differ(paths):
        paths = [tuple(_unsettled(event) for event in path) for path in paths]
    counts = {count for path in paths if (count := sum(event.act is Act.STEP for event in path))}
    return [_first_step_only(path) for path in paths] if len(counts) > 1 else paths


def _differ(paths: list[Path]) -> bool:
    for act in (Act.STEP, Act.BACKWARD):
        kinds = {frozenset(event.scaled for event in path if event.act is act) for path in paths}
        if len(kinds - {frozenset()}) > 1:
            return True
    for act, beside in ((Act.UNSCALE, Act.CLIP), (Act.UPDATE_SCALE, Act.STEP)):
        with_act = {any(event.act is act for event in path) for path in paths if _has(path, beside)}
        if len(with_act) > 1:
            return True
    return False


def _has(path: Path, act: Act) -> bool:
    return any(event.act is act for event in path)


def _unsettled(event: Happening) -> Happening:
    if event.act in (Act.UNSCALE, Act.UPDATE_SCALE):
        return replace(event, certain=False)
    return replace(event, scaled=None) if event.scaled is not None else event


def _first_step_only(path: Path) -> Path:
    """The path with every step but the first as one that may not be."""
    seen = False
    events: list[Happening] = []
    for event in path:
        again = event.act is Act.STEP and seen
        seen = seen or event.act is Act.STEP
        events.append(replace(event, certain=False) if again else event)
    return tuple(events)

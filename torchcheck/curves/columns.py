"""What the columns of a log are, by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from torchcheck.curves.table import Column
from torchcheck.records import frozen

_TRAIN = frozenset({"train", "training", "tr", "trn"})
_HELD_OUT = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev", "test", "holdout"})
_LOSS = frozenset({"loss", "total", "mean", "avg", "average", "running", "batch", "epoch", "step", "all"})
_ACCURACY = frozenset({"acc", "accuracy", "top1"})
_SCORE = _ACCURACY | frozenset({"f1", "auc", "auroc", "iou", "miou", "dice", "map"})
_STEP = ("step", "global_step", "steps", "iteration", "iterations", "iter", "it", "update", "updates", "num_updates")
_EPOCH = ("epoch", "epochs")
_MOVING = frozenset(
    {"reward", "rewards", "return", "returns", "episode", "episodes", "rew", "advantage", "policy", "critic"}
    | {"discriminator", "generator", "disc", "gen", "d", "g"}
)
"""Words of trainings in which the loss is no measure of progress: reinforcement learning, adversarial pairs."""


@frozen
class Roles:
    """Which column is what; None where there is none."""

    training: str | None = None
    validation: str | None = None
    metric: str | None = None
    rates: str | None = None
    time: str | None = None

    @property
    def is_accuracy(self) -> bool:
        """Whether the metric is a share of samples."""
        return self.metric is not None and bool(set(words(self.metric)) & _ACCURACY)


def words(name: str) -> list[str]:
    """A column's name as lower-case words: `trainLoss`, `train/loss` and `train_loss` are the same two."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word] or [name]


def guess(columns: Iterable[Column]) -> Roles:
    """The roles of the columns that hold numbers."""
    usable = [column for column in columns if len(column.values)]
    losses = [column for column in usable if _is_loss(column.name)]
    held_out = [column for column in losses if set(words(column.name)) & _HELD_OUT]
    own = [column for column in losses if column not in held_out]
    scores = [column for column in usable if set(words(column.name)) & _SCORE]
    return Roles(
        training=_first(own, _training_rank),
        validation=_first(held_out, _held_out_rank),
        metric=_first(_held_out_scores(scores), _score_rank),
        rates=_first([column for column in usable if _is_rate(column.name)], lambda column: -len(column.values)),
        time=_named(usable, _STEP) or _named(usable, _EPOCH),
    )


def moving_target(columns: Iterable[Column]) -> str | None:
    """A column that tells of a training whose loss need not fall."""
    for column in columns:
        found = words(column.name)
        if set(found) & _MOVING and (len(found) > 1 or found[0] not in ("d", "g")):
            return column.name
    return None


def is_epoch(name: str | None) -> bool:
    """Whether a column counts epochs."""
    return name is not None and words(name)[-1] in _EPOCH


def _is_loss(name: str) -> bool:
    found = set(words(name))
    return "loss" in found and found <= _LOSS | _TRAIN | _HELD_OUT


def _is_rate(name: str) -> bool:
    found = words(name)
    return "lr" in found or found[-2:] == ["learning", "rate"]


def _held_out_scores(scores: list[Column]) -> list[Column]:
    """Scores of validation by their name; one without any such word where there are no others."""
    named = [column for column in scores if set(words(column.name)) & (_HELD_OUT | _TRAIN)]
    return [column for column in named if set(words(column.name)) & _HELD_OUT] if named else scores


def _first(columns: list[Column], rank: Callable[[Column], Any]) -> str | None:
    return min(columns, key=rank).name if columns else None


def _training_rank(column: Column) -> tuple[bool, int]:
    return ("epoch" in words(column.name), -len(column.values))


def _held_out_rank(column: Column) -> tuple[bool, bool, int]:
    found = words(column.name)
    return ("test" in found, "step" in found, -len(column.values))


def _score_rank(column: Column) -> tuple[bool, bool, int]:
    found = set(words(column.name))
    return (not found & _ACCURACY, "test" in found, -len(column.values))


def _named(columns: list[Column], names: tuple[str, ...]) -> str | None:
    """The column with the first of these names, its last words alone if need be."""
    for name in names:
        for column in columns:
            if "_".join(words(column.name)) == name:
                return column.name
    counters = [column for column in columns if not set(words(column.name)) & (_SCORE | {"loss"})]
    return next((column.name for column in counters if words(column.name)[-1] in names), None)

"""A learning-rate range test (Smith 2015) on the one batch: the loss over rates that grow with every step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from torchcheck.facts.exam import Learned, OneBatch, RateTried
from torchcheck.preflight.one_batch import Goal, tried_with
from torchcheck.preflight.optimizers import copy_of, own, rates, set_rate
from torchcheck.preflight.row import Row, Verdict, judged, not_judged
from torchcheck.preflight.sitting import Sitting
from torchcheck.preflight.trial import train

NAME = "learning rate"
_LOWEST, _HIGHEST = 1e-7, 10.0
_STEPS = 80
_FEWEST = 20


@dataclass(frozen=True)
class Curve:
    """The loss before the step with each rate."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def steepest(self) -> float | None:
        """The rate at which the loss falls fastest; None where it does not fall."""
        end = self.diverges
        slopes = [
            (after - before, rate)
            for before, after, rate in zip(self.losses, self.losses[1:], self.rates, strict=False)
            if math.isfinite(after) and (end is None or rate < end)
        ]
        drop, rate = min(slopes, default=(0.0, 0.0))
        return rate if drop < -0.01 * abs(self.losses[0]) else None

    @property
    def diverges(self) -> float | None:
        """The first rate behind which the loss lies above where it began by more than it had fallen; None without."""
        first, best = self.losses[0], self.losses[0]
        for loss, rate in zip(self.losses[1:], self.rates, strict=False):
            if not math.isfinite(loss) or loss > first + max(first - best, 0.5 * abs(first)):
                return rate
            best = min(best, loss)
        return None


def check(sitting: Sitting, batch: OneBatch | None) -> Row:
    """Where the chosen rate lies, or which to choose."""
    if batch is None or any(attempt.learned is Learned.UNTRIED for attempt in batch.attempts[:1]):
        return not_judged(NAME, "the model was not trained")
    curve = swept(sitting)
    if len(curve.losses) < _FEWEST:
        return not_judged(NAME, "there was no time for a range test")
    data = {
        "rates": list(curve.rates),
        "losses": list(curve.losses[: len(curve.rates)]),
        "suggestion": curve.steepest,
        "diverges": curve.diverges,
    }
    told = _told(curve)
    if not batch.own:
        return Row(NAME, Verdict.REMARK if curve.steepest else Verdict.NOT_JUDGED, told, (), data)
    chosen = batch.attempts[0]
    fact = RateTried(
        place=sitting.place,
        optimizer=chosen.optimizer,
        rate=chosen.rate,
        own=chosen,
        works=_works(sitting, batch, curve),
        diverges=curve.diverges,
        steepest=curve.steepest,
    )
    return judged(NAME, sitting.judge("rate_tried", fact), f"{chosen.rate:g}; {told}", data)


def swept(sitting: Sitting) -> Curve:
    """Train from the beginning with ever larger rates, until the loss explodes."""
    given = sitting.optimizer
    if given is not None and any(rates(given)):
        optimizer, shares = copy_of(given), [rate / max(rates(given)) for rate in rates(given)]
    else:
        optimizer, shares = own([p for _, p in sitting.task.parameters()], 1e-3), [1.0]
    ladder = [_LOWEST * (_HIGHEST / _LOWEST) ** (step / (_STEPS - 1)) for step in range(_STEPS)]
    start: list[float] = []

    def exploded(loss: float) -> bool:
        start.append(loss)
        return loss > start[0] + 4 * max(abs(start[0]), start[0] - min(start))

    trial = train(
        sitting.task,
        optimizer,
        steps=_STEPS,
        seconds=0.5 * sitting.left,
        enough=exploded,
        before_step=lambda step: set_rate(optimizer, [ladder[step] * share for share in shares]),
    )
    return Curve(tuple(ladder[: len(trial.losses)]), tuple(trial.losses))


def _works(sitting: Sitting, batch: OneBatch, curve: Curve) -> float | None:
    """A rate of the same optimizer with which the model learns the batch, where the first attempt did not."""
    first, *others = batch.attempts
    if first.learned is Learned.BY_HEART or not any(attempt.learned is Learned.BY_HEART for attempt in others):
        return None
    for attempt in others:
        if attempt.optimizer == first.optimizer and attempt.learned is Learned.BY_HEART:
            return attempt.rate
    given, goal = sitting.optimizer, Goal(sitting)
    if given is None or curve.steepest is None:
        return None
    for part in (0.3, 0.03):
        rate = part * curve.steepest
        trial = tried_with(sitting, goal, partial(copy_of, given, rate / first.rate), 0.3 * sitting.left)
        if goal.learned(trial) is Learned.BY_HEART:
            return rate
    return None


def _told(curve: Curve) -> str:
    if curve.steepest is None:
        return "no rate lets the loss fall"
    end = f", diverges from {curve.diverges:.2g} on" if curve.diverges is not None else ""
    return f"the loss falls fastest at {curve.steepest:.2g}{end}"

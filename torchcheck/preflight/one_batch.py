"""Whether the model can learn one batch by heart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.optim import Optimizer

from torchcheck.facts.exam import Attempt, Learned, OneBatch, stand
from torchcheck.preflight.optimizers import copy_of, own, rates
from torchcheck.preflight.row import Row, Verdict, judged, not_judged, number
from torchcheck.preflight.sitting import Sitting
from torchcheck.preflight.trial import Trial, backward, train
from torchcheck.preflight.understood import Understood

NAME = "one batch by heart"
STEPS = 200
_MOST_STEPS = 1000
"""Where the loss goes on falling."""
_FEWEST = 40
"""Steps below which a loss that has not fallen says nothing."""
_STILL = 0.03
"""A loss still falls if the last third of the steps won this part of all that was won."""
_FACTORS = (10.0, 0.1, 100.0, 0.01)
_OWN_RATES = (1e-3, 1e-2, 1e-4)
_BOLD_RATE = 1e-1
_SHARE = 0.5
"""Of the time of the exam."""


class Goal:
    """How low the loss can get, and what has been won on the way."""

    def __init__(self, sitting: Sitting) -> None:
        understood = sitting.understood
        self.floor = understood.floor() if understood is not None else None
        self.constant = understood.constant() if understood is not None else None
        self._lenient = understood is not None and has_floor_of_its_own(sitting, understood)
        self._unknowing = understood.unknowing() if understood is not None and understood.is_classification else None

    def start(self, first: float) -> float:
        """The loss from which the way down is measured."""
        if self.floor is None:
            return first
        if self._unknowing is not None:
            return self._unknowing
        return self.constant if self.constant is not None and self.constant > 1e-9 * first else first

    def reached(self, first: float, loss: float) -> bool:
        """Whether a loss stands for a batch known by heart."""
        if self.floor is not None:
            return loss <= self.floor + 0.1 * (self.start(first) - self.floor)
        return first > 0 and loss <= 0.1 * first

    def learned(self, trial: Trial) -> Learned:
        """What became of a trial."""
        first, best = trial.first, trial.best
        if not math.isfinite(first):
            return Learned.UNTRIED
        if self.reached(first, best):
            return Learned.BY_HEART
        if trial.out_of_time and trial.steps < _FEWEST:
            return Learned.FALLS if first - best > 0.1 * abs(first) else Learned.UNTRIED
        if first - best < 0.01 * abs(first - (self.floor or 0.0)):
            return Learned.STUCK
        if self.floor is None or self._lenient or trial.falls_on(_STILL):
            return Learned.FALLS
        if self.constant is not None and best >= self.floor + 0.9 * (self.constant - self.floor):
            return Learned.AS_A_CONSTANT
        return Learned.SHORT if best > self.floor + 0.25 * (self.start(first) - self.floor) else Learned.FALLS


def has_floor_of_its_own(sitting: Sitting, understood: Understood) -> bool:
    """Whether the least of the loss may not be within reach of a right model, and is not known.

    Samples that are told apart by their likeness have logits as bounded as a cosine is, and what goes through a narrow
    middle comes back incomplete.
    """
    given = [tensor for _, tensor in sitting.task.call.inputs()]
    if not understood.is_classification:
        return any(_is_equal(understood.target, tensor) for tensor in given)
    rows, classes = len(understood.target.reshape(-1)), understood.classes or 0
    if understood.target.is_floating_point() or not rows - 1 <= classes <= 2 * rows:
        return False
    target = sitting.task.call.target
    made = not any(_is_equal(understood.target, one) for one in (target, *given) if isinstance(one, Tensor))
    return made or _is_equal(understood.target, torch.arange(rows))


def _is_equal(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same numbers, in whatever shape."""
    if one.numel() != other.numel():
        return False
    return torch.equal(one.reshape(-1).double().cpu(), other.reshape(-1).double().cpu())


def attempts(sitting: Sitting, goal: Goal) -> Iterator[Attempt]:
    """The trials, until one succeeds; the weights stay as the last one left them."""
    budget = sitting.left * _SHARE
    tried: list[Attempt] = []
    for name, rate, make in _optimizers(sitting, tried):
        share = budget * (0.5 if not tried else 0.2)
        if sitting.left < share or _is_enough(tried, goal):
            return
        if tried and _is_hopeless(tried[0], name, rate):
            continue
        trial = tried_with(sitting, goal, make, share)
        tried.append(_attempt(name, rate, trial, goal))
        yield tried[-1]


def _is_hopeless(first: Attempt, name: str, rate: float) -> bool:
    """Whether the first attempt has shown that this rate is even farther off."""
    if name != first.optimizer:
        return False
    return rate > first.rate if first.exploded else rate < first.rate and first.learned is Learned.STUCK


def tried_with(sitting: Sitting, goal: Goal, make: Callable[[], Optimizer], seconds: float) -> Trial:
    """A trial from the beginning; the weights stay as it left them."""
    sitting.rewind()
    return train(sitting.task, make(), steps=_MOST_STEPS, seconds=seconds, enough=_enough(goal))


def _attempt(name: str, rate: float, trial: Trial, goal: Goal) -> Attempt:
    finite = all(map(math.isfinite, trial.losses))
    return Attempt(
        optimizer=name,
        rate=rate,
        steps=trial.steps,
        first=trial.first,
        best=trial.best,
        learned=goal.learned(trial),
        finite=finite,
        exploded=not finite or trial.losses[-1] > trial.first + 0.5 * abs(trial.first),
    )


def _is_enough(tried: list[Attempt], goal: Goal) -> bool:
    falls = sum(attempt.learned is Learned.FALLS for attempt in tried)
    done = any(attempt.learned in (Learned.BY_HEART, Learned.UNTRIED) for attempt in tried)
    moved = any(attempt.learned is not Learned.STUCK for attempt in tried)
    return done or falls >= 3 or (moved and stand(tried, goal.floor))


def _enough(goal: Goal) -> Callable[[float], bool]:
    """Ends a trial that has reached the goal, or whose loss, after many steps, falls no more."""
    seen = Trial()

    def enough(loss: float) -> bool:
        seen.losses.append(loss)
        if goal.reached(seen.first, loss):
            return True
        moved = seen.first - seen.best >= 0.01 * abs(seen.first - (goal.floor or 0.0))
        return len(seen.losses) % STEPS == 0 and not (moved and seen.falls_on(_STILL))

    return enough


def _optimizers(sitting: Sitting, tried: Sequence[Attempt]) -> Iterator[tuple[str, float, Callable[[], Optimizer]]]:
    """Names, learning rates and makers of what is tried, in order; `tried` grows meanwhile."""
    given = sitting.optimizer
    if given is not None and any(rates(given)):
        top = max(rates(given))
        for factor in (1.0, *_FACTORS):
            yield sitting.optimizer_name, top * factor, partial(copy_of, given, factor)
    parameters: list[Tensor] = [p for _, p in sitting.task.parameters()]
    for rate in _OWN_RATES:
        yield "Adam", rate, partial(own, parameters, rate)
    if all(attempt.learned is Learned.STUCK for attempt in tried):
        yield "Adam", _BOLD_RATE, partial(own, parameters, _BOLD_RATE)


def gradient_norm(sitting: Sitting) -> float:
    """Of the whole gradient, at the start."""
    sitting.rewind()
    backward(sitting.task)
    norms = [p.grad.detach().float().norm() for _, p in sitting.task.parameters() if p.grad is not None]
    return float(torch.stack([norm.to("cpu") for norm in norms]).norm()) if norms else 0.0


def is_varied(sitting: Sitting) -> bool:
    """Whether at least half of the samples have an input of their own."""
    tensors = [tensor for _, tensor in sitting.task.call.inputs() if tensor.dim() > 0]
    count = len(tensors[0]) if tensors else 0
    rows = [tensor.reshape(count, -1).double().cpu() for tensor in tensors if len(tensor) == count and count]
    if count < 2 or not rows:
        return count != 1 and not tensors
    return len(torch.unique(torch.cat(rows, dim=1), dim=0)) >= max(2, count / 2)


def check(sitting: Sitting) -> tuple[Row, OneBatch | None]:
    """Try to learn the batch; the weights stay as the last attempt left them."""
    parameters: list[Tensor] = [p for _, p in sitting.task.parameters()]
    if not parameters:
        return not_judged(NAME, "no parameter of the model is trained"), None
    goal = Goal(sitting)
    gradient = gradient_norm(sitting)
    tried = tuple(attempts(sitting, goal))
    if not tried:
        return not_judged(NAME, "there was no time"), None
    fact = OneBatch(
        place=sitting.place,
        model=sitting.model_name,
        attempts=tried,
        own=sitting.optimizer is not None and tried[0].optimizer == sitting.optimizer_name,
        floor=goal.floor,
        constant=goal.constant,
        parameters=sum(p.numel() for p in parameters),
        targets=sitting.understood.targets if sitting.understood is not None else None,
        varied=is_varied(sitting),
        gradient=gradient,
    )
    codes = sitting.judge("one_batch", fact)
    row = judged(NAME, codes, told(fact), {"attempts": [_as_json(attempt) for attempt in tried]})
    if not codes and fact.best.learned is not Learned.BY_HEART:
        verdict = Verdict.NOT_JUDGED if fact.best.learned is Learned.UNTRIED else Verdict.REMARK
        row = Row(NAME, verdict, row.reason, (), row.data)
    return row, fact


_OUTCOMES = {
    Learned.BY_HEART: "learned by heart",
    Learned.FALLS: "it falls",
    Learned.AS_A_CONSTANT: "no better than a constant answer",
    Learned.SHORT: "it stands still there",
    Learned.STUCK: "it does not fall",
    Learned.UNTRIED: "too few steps in the time to tell",
}


def told(fact: OneBatch) -> str:
    """As in `loss 2.31 → 0.04 in 57 steps of Adam (learning rate 0.001): learned by heart`."""
    best = fact.best
    how = f"in {best.steps} step{'s' * (best.steps != 1)} of {best.optimizer} (learning rate {best.rate:g})"
    text = f"loss {number(best.first)} → {number(best.best)} {how}: {_OUTCOMES[best.learned]}"
    first = fact.attempts[0]
    if fact.own and best is not first:
        text += f"; with its own learning rate of {first.rate:g}, {number(first.best)}"
    return text


def _as_json(attempt: Attempt) -> dict[str, object]:
    return {
        "optimizer": attempt.optimizer,
        "learning_rate": attempt.rate,
        "steps": attempt.steps,
        "first": attempt.first,
        "best": attempt.best,
        "learned": attempt.learned.value,
    }

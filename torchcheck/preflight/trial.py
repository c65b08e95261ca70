"""A short training on the one batch, each step under the same random numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import Optimizer

from torchcheck.preflight.optimizers import step
from torchcheck.preflight.randomness import Randomness
from torchcheck.preflight.task import Task


@dataclass
class Trial:
    """The losses of a short training, before each step and after the last.

    Attributes:
        losses: one more than the steps; a NaN or infinity ends them.
        seconds: what it took.
        out_of_time: the clock ended it, not the number of steps.
    """

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    out_of_time: bool = False

    @property
    def steps(self) -> int:
        return max(len(self.losses) - 1, 0)

    @property
    def first(self) -> float:
        return self.losses[0]

    @property
    def best(self) -> float:
        """The smallest loss."""
        return min((loss for loss in self.losses if math.isfinite(loss)), default=math.inf)

    def falls_on(self, part: float) -> bool:
        """Whether the last third of the steps still brought at least this part of all that was won."""
        cut = max(2 * len(self.losses) // 3, 1)
        earlier = min((loss for loss in self.losses[:cut] if math.isfinite(loss)), default=math.inf)
        won = self.first - self.best
        return won > 0 and earlier - self.best >= part * won


def backward(task: Task) -> Tensor:
    """The loss, and its gradients in place of those that were there."""
    for _, parameter in task.parameters():
        parameter.grad = None
    torch.clear_autocast_cache()
    with torch.enable_grad():
        loss = task.loss()
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
    return loss


def train(
    task: Task,
    optimizer: Optimizer,
    *,
    steps: int,
    seconds: float,
    enough: Callable[[float], bool] = lambda loss: False,
    before_step: Callable[[int], None] = lambda number: None,
) -> Trial:
    """Train on the batch until the loss is good enough, steps or time are up, or the loss is no number.

    Every step sees the same dropout masks and the same noise: the loss is a function of the weights alone, and a model
    with dropout can learn the batch by heart.
    """
    trial, begun, randomness = Trial(), time.perf_counter(), Randomness()
    for number in range(steps):
        before_step(number)

        def closure() -> Tensor:
            randomness.restore()
            return backward(task)

        trial.losses.append(float(step(optimizer, closure).detach()))
        if not math.isfinite(trial.losses[-1]) or enough(trial.losses[-1]):
            break
        if time.perf_counter() - begun > seconds:
            trial.out_of_time = number + 1 < steps
            break
    randomness.restore()
    with torch.enable_grad():  # a penalty on gradients needs them
        trial.losses.append(float(task.loss().detach()))
    trial.seconds = time.perf_counter() - begun
    return trial

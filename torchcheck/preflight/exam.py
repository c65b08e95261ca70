"""The exam: its checks in order, between a look at everything and the return of everything."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from torchcheck.errors import UsageError
from torchcheck.finding import Span
from torchcheck.preflight import first_loss, one_batch
from torchcheck.preflight.kept import Kept
from torchcheck.preflight.result import Exam
from torchcheck.preflight.sitting import Row, Sitting, not_judged
from torchcheck.preflight.task import Task
from torchcheck.preflight.understood import LossCalls
from torchcheck.probe.discover import variables
from torchcheck.probe.patches import HUB
from torchcheck.rules.base import Rule

Check = Callable[[Sitting], Row]


def examine(
    model: Any,
    batch: Any,
    loss_fn: Any,
    optimizer: Any,
    *,
    rules: Sequence[Rule],
    place: Span,
    seconds: float,
    batch_dim: int | None = 0,
) -> Exam:
    """Examine a model before its training; see `torchcheck.preflight`.

    Raises:
        UsageError: what is given can't be put together to a loss.
    """
    _check_kinds(model, optimizer)
    names = _name_of(model, "the model"), _name_of(optimizer, "the optimizer")
    roots = (model, batch, loss_fn, optimizer)
    with _unwatched():
        kept = Kept(roots)
        try:
            with ExitStack() as stack:
                for context in _surroundings():
                    stack.enter_context(context)
                kept.clear_gradients()
                sitting = Sitting(Task(model, batch, loss_fn), optimizer, rules, place, names, seconds)
                rows = _rows(sitting, roots)
        finally:
            kept.restore()
    return Exam(rows, sitting.findings, sitting.remarks, sitting.used)


def _rows(sitting: Sitting, roots: Iterable[Any]) -> list[Row]:
    if not sitting.task.model.training:
        sitting.task.model.train()
    _first_pass(sitting)
    sitting.task.model.zero_grad(set_to_none=True)
    sitting.ready = Kept(roots)
    rows = [_made(sitting, first_loss.NAME, first_loss.check)]
    rows.append(_made(sitting, one_batch.NAME, lambda sitting: one_batch.check(sitting)[0]))
    return rows


def _first_pass(sitting: Sitting) -> None:
    """Compute the loss once, so that lazy parameters are made, and learn what it is."""
    calls = LossCalls()
    try:
        with calls.watching():
            loss = sitting.task.loss()
    except UsageError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())
        raise UsageError(
            f"preflight: the loss of {sitting.model_name} can't be computed: {type(error).__name__}: {text}"
        ) from error
    sitting.understood = calls.understood(loss)


def _made(sitting: Sitting, name: str, check: Check) -> Row:
    """The row of a check; where it breaks, or the model does under it, the exam goes on."""
    try:
        sitting.rewind()
        return check(sitting)
    except Exception as error:
        return not_judged(name, f"stopped by {type(error).__name__}: {' '.join(str(error).split())}")


def _surroundings() -> Iterable[Any]:
    """What the checks run in: recorded by autograd, and without the compiler."""
    yield torch.inference_mode(False)
    yield torch.enable_grad()
    stance = getattr(torch.compiler, "set_stance", None)  # torch 2.6
    if stance is not None:
        yield stance("force_eager")
    yield _quiet()


@contextmanager
def _quiet() -> Any:
    """What torch has to warn of, it says once in the real training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _unwatched() -> Any:
    """Let no watch take what the exam does for the user's training."""
    sessions, HUB.sessions = HUB.sessions, []
    forwards = [session for session in sessions if HUB.forwards.watches(session)]
    for session in forwards:
        HUB.forwards.watch(session, False)
    try:
        yield
    finally:
        HUB.sessions = sessions
        for session in forwards:
            HUB.forwards.watch(session, True)


def _check_kinds(model: Any, optimizer: Any) -> None:
    if not isinstance(model, nn.Module):
        raise UsageError(f"preflight: the model must be a torch.nn.Module, not {type(model).__name__}")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise UsageError(f"preflight: the optimizer must be a torch.optim.Optimizer, not {type(optimizer).__name__}")


def _name_of(thing: Any, otherwise: str) -> str:
    """How the user calls it, in backticks; else in words."""
    if thing is None:
        return otherwise
    names = (name for name, value in variables() if value is thing and name.isidentifier())
    return next((f"`{name}`" for name in names), otherwise)

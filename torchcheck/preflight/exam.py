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
from torchcheck.facts.exam import OneBatch
from torchcheck.finding import Span
from torchcheck.preflight import features, first_loss, functions, largest, modes, one_batch, rates, reach, samples
from torchcheck.preflight.kept import Kept
from torchcheck.preflight.result import Exam
from torchcheck.preflight.row import Row, not_judged
from torchcheck.preflight.sitting import Sitting
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
    with HUB.unwatched():  # no watch takes it for the user's training
        kept = Kept(roots)
        try:
            with ExitStack() as stack:
                for context in _surroundings():
                    stack.enter_context(context)
                kept.clear_gradients()
                sitting = Sitting(Task(model, batch, loss_fn), optimizer, rules, place, names, seconds, batch_dim)
                rows = _rows(sitting, roots)
        finally:
            kept.restore()
    return Exam(rows, sitting.findings, sitting.remarks, sitting.used)


def _rows(sitting: Sitting, roots: Iterable[Any]) -> list[Row]:
    if not sitting.task.model.training:
        sitting.task.model.train()
    _first_pass(sitting)
    sitting.ready = Kept(roots)
    rows = [
        *_asked(sitting, ("first_loss",), first_loss.NAME, first_loss.check),
        *_learned(sitting),
        *_asked(sitting, ("unreached", "unowned"), reach.NAME, reach.check),
        *_asked(sitting, ("still_drops",), modes.NAME, modes.check),
        *_asked(sitting, ("own_gradient",), functions.NAME, functions.check),
        *(_asked(sitting, ("one_batch",), largest.NAME, largest.check) if largest.is_asked(sitting) else []),
    ]
    return sorted(rows, key=lambda row: _ORDER.index(row.check))


_ORDER = (
    first_loss.NAME,
    one_batch.NAME,
    rates.NAME,
    reach.NAME,
    samples.APART,
    samples.MATTERS,
    features.NAME,
    modes.NAME,
    functions.NAME,
    largest.NAME,
)


def _asked(sitting: Sitting, kinds: Iterable[str], name: str, check: Check) -> list[Row]:
    """The row of a check, if a rule that is on judges what it measures."""
    return [_made(sitting, name, check)] if any(map(sitting.wants, kinds)) else []


def _learned(sitting: Sitting) -> list[Row]:
    """The rows of what is trained, and those of how outputs depend on inputs, before and after that."""
    if not any(map(sitting.wants, ("one_batch", "rate_tried", "mixed", "ignored"))):
        return []
    facts: list[OneBatch | None] = []
    states: list[samples.Seen] = []

    of_features: list[features.Features] = []

    def looked(sitting: Sitting) -> None:
        states.append(samples.Samples(sitting).look())
        if sitting.wants("ignored"):
            of_features[:] = of_features or [features.Features(sitting)]
            of_features[0].look()

    def learn(sitting: Sitting) -> Row:
        looked(sitting)
        sitting.rewind()
        row, fact = one_batch.check(sitting)
        facts.append(fact)
        if fact is not None and fact.attempts[-1].finite:
            looked(sitting)
        return row

    row = _made(sitting, one_batch.NAME, learn)
    fact = facts[0] if facts else None
    steps = fact.attempts[-1].steps if fact is not None else 0
    rows = [row, *_asked(sitting, ("rate_tried",), rates.NAME, lambda sitting: rates.check(sitting, fact))]
    if states:
        rows += _asked(sitting, ("mixed",), samples.APART, lambda _: samples.apart_row(sitting, states))
        rows += _asked(sitting, ("ignored",), samples.MATTERS, lambda _: samples.matters_row(sitting, states, steps))
    if of_features:
        rows += _asked(sitting, ("ignored",), features.NAME, lambda _: of_features[0].row())
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

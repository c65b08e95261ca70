"""The exam before the run. Importing this package imports no torch.

The package can be called: `torchcheck.preflight(model, batch, loss_fn)`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from torchcheck.errors import UsageError

if TYPE_CHECKING:
    from torchcheck.finding import Span
    from torchcheck.preflight.result import Exam

SECONDS = 30.0
"""How long an exam may take, more or less; a check that has no time left says so."""


def preflight(
    model: Any,
    batch: Any,
    loss_fn: Any = None,
    optimizer: Any = None,
    *,
    select: Sequence[str] | str | None = None,
    ignore: Sequence[str] | str = (),
    extend_select: Sequence[str] | str = (),
    seconds: float = SECONDS,
    batch_dim: int | None = 0,
) -> Exam:
    """Examine a model with one batch, before the training run. Everything is put back bit for bit.

    Args:
        model: on the device on which it will train; the batch is brought there.
        batch: `(inputs, target)`, where inputs is one value, a tuple of several, or a dictionary of them by name;
            `(input, ..., target)` for a model that takes several; a dictionary, for `model(**batch)`; or one tensor,
            which is input and target. Without `loss_fn` all of it goes to the model.
        loss_fn: `loss_fn(output, target)`; for a dictionary without a target of its own `loss_fn(output, batch)`. A
            function whose first parameter is called `model` is `loss_fn(model, batch)`. None: the model gives its own
            loss: one number, `loss` of a dictionary or of an object, or a dictionary of losses, which are added up.
        optimizer: what will train it; a copy of it is stepped. Without one, Adam.
        select, ignore, extend_select: rules, by code, prefix or name.
        seconds: how long it may take.
        batch_dim: the axis of the inputs along which the samples lie; None where there is none, as in one graph.

    Returns:
        A verdict for each check, and the findings; `print` shows them as a table, `raise_for_findings()` fails by them.

    Raises:
        UsageError: the parts can't be put together to a loss, a selector matches no rule, or torch is missing.
    """
    from torchcheck.probe.frames import user_place

    return _preflight(
        (model, batch, loss_fn, optimizer), (select, ignore, extend_select), user_place(), seconds, batch_dim
    )


def _preflight(
    parts: tuple[Any, Any, Any, Any],
    selectors: tuple[Any, Any, Any],
    place: Span,
    seconds: float,
    batch_dim: int | None,
) -> Exam:
    from torchcheck.probe.needs import require_torch
    from torchcheck.selection import Selection, split

    require_torch()
    if seconds <= 0:
        raise UsageError(f"seconds must be more than 0, not {seconds}")
    select, ignore, extend = selectors
    selection = Selection(split(select) if select is not None else None, split(ignore), split(extend))
    from torchcheck.preflight.exam import examine

    return examine(*parts, rules=selection.rules(), place=place, seconds=seconds, batch_dim=batch_dim)


class _Callable(ModuleType):
    """This module; `torchcheck.preflight` is a function to those who call it."""

    __call__ = staticmethod(preflight)


sys.modules[__name__].__class__ = _Callable

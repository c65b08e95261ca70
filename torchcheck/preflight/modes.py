"""Whether evaluation mode gives the same output twice, and what draws random numbers there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from torchcheck.facts.exam import StillDrops
from torchcheck.preflight.calls import Calls
from torchcheck.preflight.outputs import named_tensors
from torchcheck.preflight.randomness import Randomness
from torchcheck.preflight.row import Row, Verdict, judged, not_judged
from torchcheck.preflight.sitting import Sitting
from torchcheck.probe.frames import user_place

NAME = "evaluation repeats"
_DROPOUTS = (
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "alpha_dropout",
    "feature_alpha_dropout",
    "scaled_dot_product_attention",
)
_ON_PURPOSE = re.compile(
    r"(?i)(^|[._])mc([._]|$)|mcdrop|monte|bayes|uncertain|prenet|pre_net|noise|augment|stochastic|perturb"
)


def check(sitting: Sitting) -> Row:
    """Two passes in evaluation mode with unlike random numbers."""
    task = sitting.task
    if not task.can_forward:
        return not_judged(NAME, "the loss function calls the model itself")
    drops: dict[Any, StillDrops] = {}
    with task.mode(training=False), torch.no_grad(), _where(task.model) as path:

        def saw(name: str, given: dict[str, Any], result: Any) -> None:
            fact = _dropping(name, given, path, task.model)
            if fact is not None:
                drops.setdefault((fact.place, fact.module), fact)

        randomness = Randomness()
        with Calls(_DROPOUTS, saw):
            task.forward()
        randomness.restore()
        one = _outputs(task.forward())
        other = _outputs(task.forward())
        randomness.restore()
        again = _outputs(task.forward())
    same = _equal(one, other)
    codes = tuple(dict.fromkeys(code for fact in drops.values() for code in sitting.judge("still_drops", fact)))
    if codes:
        fact = next(iter(drops.values()))
        return judged(NAME, codes, f"{fact.function} drops {fact.rate:.0%} of its input in evaluation mode, too")
    if same is None:
        return not_judged(NAME, "the output holds no tensors")
    if same:
        return Row(NAME, Verdict.PASSED, "the same output twice")
    drawn = "it draws random numbers there" if _equal(one, again) else "and not for random numbers"
    return Row(NAME, Verdict.REMARK, f"two passes differ: {drawn}")


def _dropping(name: str, given: dict[str, Any], path: list[str], model: nn.Module) -> StillDrops | None:
    """The fact, where a dropout is on though the module that calls it is in evaluation mode."""
    attention = name == "scaled_dot_product_attention"
    rate = given.get("dropout_p" if attention else "p")
    if not isinstance(rate, (int, float)) or not rate or (not attention and not given.get("training")):
        return None
    inside = path[-1] if path else ""
    module = dict(model.named_modules()).get(inside, model)
    named = f"{inside} {type(module).__name__} {type(model).__name__}"
    if module.training or _ON_PURPOSE.search(named):
        return None
    return StillDrops(place=user_place(), function=f"F.{name}", module=inside, rate=float(rate))


@contextmanager
def _where(model: nn.Module) -> Iterator[list[str]]:
    """The paths of the modules that are running, innermost last."""
    path: list[str] = []
    handles: list[Any] = []

    def leave(*_: Any) -> None:
        path.pop()

    for name, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(lambda *_, name=name: path.append(name)))
        handles.append(module.register_forward_hook(leave, always_call=True))
    try:
        yield path
    finally:
        for handle in handles:
            handle.remove()


def _outputs(output: Any) -> list[Tensor]:
    return [tensor.detach().clone() for _, tensor in named_tensors(output)]


def _equal(one: list[Tensor], other: list[Tensor]) -> bool | None:
    if not one:
        return None
    return len(one) == len(other) and all(
        a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in zip(one, other, strict=True)
    )

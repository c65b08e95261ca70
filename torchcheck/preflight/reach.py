"""Which parameters the gradient of the loss reaches, and why it misses others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from torchcheck.facts.exam import Reach, Unreached
from torchcheck.facts.training import ON_PURPOSE, Lost, OptimizerUsed, Unowned
from torchcheck.preflight.row import Row, Verdict
from torchcheck.preflight.sitting import Sitting
from torchcheck.preflight.trial import backward
from torchcheck.preflight.unowned import by_module, unowned

NAME = "parameters reached"
_PASSES = 3
"""Backwards with unlike random numbers: layers that are dropped at random, experts that are chosen."""
_WORDS = re.compile(r"(?i)expert|route|codebook|quant|moe")


def check(sitting: Sitting) -> Row:
    """One backward, and a look at what it left out."""
    parameters = sitting.task.parameters()
    reached, called = _reached(sitting)
    missed = [(name, p) for name, p in parameters if id(p) not in reached]
    stale = _stale(sitting, reached)
    if stale:
        return Row(NAME, Verdict.FAILED, f"{sitting.optimizer_name} holds parameters that the model lost", stale)
    left_out = unowned(sitting, reached, called)
    if not missed:
        reason = f"all {len(parameters)} have a gradient" + left_out.told
        return Row(NAME, Verdict.FAILED if left_out.codes else Verdict.PASSED, reason, left_out.codes)
    if len(missed) == len(parameters):
        return Row(NAME, Verdict.REMARK, "no parameter has a gradient")
    told: list[str] = []
    codes = list(left_out.codes)
    for owner, members in by_module(sitting, missed).items():
        fact = _why(sitting, owner, members, called)
        codes += sitting.judge("unreached", fact) if fact.reach is Reach.NEVER_CALLED or fact.optimizer else ()
        told.append(f"{fact.name}: {fact.reach.value}")
    more = f" and {len(told) - 4} more" if len(told) > 4 else ""
    reason = f"{len(missed)} of {len(parameters)} have no gradient ({', '.join(told[:4])}{more}){left_out.told}"
    return Row(NAME, Verdict.FAILED if codes else Verdict.REMARK, reason, tuple(dict.fromkeys(codes)))


def _reached(sitting: Sitting) -> tuple[set[int], dict[nn.Module, None]]:
    """The parameters with a gradient, by id, and the modules that were called, in order, in training or evaluation."""
    reached: set[int] = set()
    with _calls(sitting) as called:
        for _ in range(_PASSES):
            backward(sitting.task)
            reached |= {id(p) for _, p in sitting.task.parameters() if p.grad is not None}
        if sitting.task.can_forward:
            with sitting.task.mode(training=False), torch.no_grad():
                sitting.task.forward()
    return reached, called


@contextmanager
def _calls(sitting: Sitting) -> Iterator[dict[nn.Module, None]]:
    called: dict[nn.Module, None] = {}
    modules = [module for _, owner in sitting.task.owners for module in owner.modules()]
    handles = [module.register_forward_pre_hook(lambda module, _: called.setdefault(module)) for module in modules]
    try:
        yield called
    finally:
        for handle in handles:
            handle.remove()


def _why(sitting: Sitting, name: str, members: list[nn.Parameter], called: Mapping[nn.Module, None]) -> Unreached:
    module = _module(sitting, name)
    trained = _is_trained(sitting, members)
    reach = Reach.UNUSED
    if module is not None and not any(part in called for part in module.modules()):
        reach = (
            Reach.UNUSED if _has_called_sibling(sitting, name, called) or _WORDS.search(name) else Reach.NEVER_CALLED
        )
    elif not ON_PURPOSE.search(name) and not _WORDS.search(name) and _loss_depends(sitting, members):
        reach = Reach.CUT
        if _has_twin(sitting, members):
            trained = None
    return Unreached(place=sitting.place, name=name, reach=reach, count=len(members), optimizer=trained)


def _module(sitting: Sitting, path: str) -> nn.Module | None:
    for head, owner in sitting.task.owners:
        found: nn.Module | None = dict(owner.named_modules()).get(path.removeprefix(head))
        if found is not None and path.startswith(head):
            return found
    return None


def _is_trained(sitting: Sitting, members: list[nn.Parameter]) -> bool | None:
    if sitting.optimizer is None:
        return None
    owned = {id(p) for group in sitting.optimizer.param_groups for p in group["params"]}
    return any(id(p) in owned for p in members)


def _has_called_sibling(sitting: Sitting, path: str, called: Mapping[nn.Module, None]) -> bool:
    """Whether something stands beside it in a list or dictionary of modules and was called: a choice is made there."""
    parts = path.split(".")
    for end in range(1, len(parts)):
        holder = _module(sitting, ".".join(parts[:end]))
        if isinstance(holder, (nn.ModuleList, nn.ModuleDict)):
            return any(one in called for child in holder.children() for one in child.modules())
    return False


def _loss_depends(sitting: Sitting, members: list[nn.Parameter]) -> bool:
    """Whether the loss changes with these parameters."""
    sitting.rewind()
    with torch.no_grad():
        before = float(sitting.task.loss())
    sitting.rewind()
    with torch.no_grad():
        for parameter in members:
            parameter.mul_(1.5).add_(0.1)
        after = float(sitting.task.loss())
    sitting.rewind()
    return before != after


def _has_twin(sitting: Sitting, members: list[nn.Parameter]) -> bool:
    """Whether other parameters of the same shapes are there: the pair may be a teacher and its student."""
    mine = {id(p) for p in members}
    shapes = sorted(tuple(p.shape) for p in members)
    for _, owner in sitting.task.owners:
        for module in owner.modules():
            theirs = [p for p in module.parameters() if id(p) not in mine]
            if len(theirs) == len(members) and sorted(tuple(p.shape) for p in theirs) == shapes:
                return len(members) > 2
    return False


def _stale(sitting: Sitting, reached: set[int]) -> tuple[str, ...]:
    """Judge an optimizer that holds parameters of nothing while those of the model go without."""
    if sitting.optimizer is None:
        return ()
    owned: list[Tensor] = [p for group in sitting.optimizer.param_groups for p in group["params"]]
    theirs = {id(p) for _, owner in sitting.task.owners for p in owner.parameters()}
    held = {id(p) for p in owned}
    missing = [(name, p) for name, p in sitting.task.parameters() if id(p) in reached and id(p) not in held]
    if all(id(p) in theirs for p in owned) or not missing:
        return ()
    fact = OptimizerUsed(
        kind=type(sitting.optimizer).__name__,
        name=sitting.optimizer_name.strip("`"),
        place=sitting.place,
        unowned=[Unowned(name=name, lost=Lost.REPLACED, place=None) for name in list(by_module(sitting, missing))[:3]],
    )
    return sitting.judge("unowned", fact)

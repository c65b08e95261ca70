"""Parameters that the loss trains and that the optimizer does not have."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn
from torch.optim import Optimizer

from torchcheck.facts.training import ON_PURPOSE, Lost, OptimizerUsed, Unowned
from torchcheck.preflight.sitting import Sitting

_OTHERS = re.compile(r"(?i)disc|critic|advers|(^|[._])d([._]|$)")
"""Names of what another optimizer trains, which may be built later."""


@dataclass(frozen=True)
class LeftOut:
    """What is to be said of them.

    Attributes:
        told: beneath the verdict; empty where there are none.
        codes: of the findings.
    """

    told: str = ""
    codes: tuple[str, ...] = ()


def unowned(sitting: Sitting, reached: set[int], called: Mapping[nn.Module, None]) -> LeftOut:
    """Parameters with a gradient that the optimizer does not have.

    They are accused where nobody means it: most of the model is the optimizer's, what is left out comes after layers
    that it trains (who leaves out a body, to train the head alone, leaves out what comes first), is in training mode,
    is not called like a teacher or an opponent, and no optimizer of the program has it.

    Args:
        reached: parameters with a gradient, by id.
        called: the modules that ran, in their order.
    """
    if sitting.optimizer is None:
        return LeftOut()
    held = {id(p) for group in sitting.optimizer.param_groups for p in group["params"]}
    missing = [(name, p) for name, p in sitting.task.parameters() if id(p) in reached and id(p) not in held]
    if not missing:
        return LeftOut()
    told = f"; {sitting.optimizer_name} does not have {len(missing)} of them ({missing[0][0]}, …)"
    accused = list(by_module(sitting, missing)) if _is_certain(sitting, missing, held, called) else []
    if not accused:
        return LeftOut(told)
    fact = OptimizerUsed(
        kind=type(sitting.optimizer).__name__,
        name=sitting.optimizer_name.strip("`"),
        place=sitting.place,
        unowned=[Unowned(name=name, lost=Lost.MISSING, place=None) for name in accused[:3]],
    )
    return LeftOut(told, sitting.judge("unowned", fact))


def by_module(sitting: Sitting, missed: list[tuple[str, nn.Parameter]]) -> dict[str, list[nn.Parameter]]:
    """The missed parameters under the outermost modules that are missed as a whole."""
    lost = {id(p) for _, p in missed}
    whole: dict[str, list[nn.Parameter]] = {}
    for head, owner in sitting.task.owners:
        for name, module in owner.named_modules():
            own = [p for p in module.parameters() if p.requires_grad]
            path = head + name
            inside = any(path.startswith(f"{known}.") for known in whole)
            if name and own and not inside and all(id(p) in lost for p in own):
                whole[path] = own
    covered = {id(p) for own in whole.values() for p in own}
    return whole | {name: [p] for name, p in missed if id(p) not in covered}


def _is_certain(
    sitting: Sitting, missing: list[tuple[str, nn.Parameter]], held: set[int], called: Mapping[nn.Module, None]
) -> bool:
    left_out = {id(p) for _, p in missing}
    if any(ON_PURPOSE.search(name) or _OTHERS.search(name) for name, _ in missing):
        return False
    order = [
        [id(p) for p in module.parameters(recurse=False) if p.requires_grad] for module in called if module.training
    ]
    own = [number for number, ids in enumerate(order) if held.intersection(ids)]
    theirs = [number for number, ids in enumerate(order) if left_out.intersection(ids)]
    seen = {one for ids in order for one in ids}
    if not own or not theirs or not left_out <= seen or theirs[0] < own[0]:
        return False
    return len(left_out) <= len(held & seen) and not _has_another(sitting, left_out)


def _has_another(sitting: Sitting, parameters: set[int]) -> bool:
    """Whether another optimizer of the program has any of them."""
    others = (one for one in gc.get_objects() if issubclass(type(one), Optimizer) and one is not sitting.optimizer)
    return any(id(p) in parameters for one in others for group in one.param_groups for p in group["params"])

"""How optimizers treat the parameters of the called models: weight decay, and the epsilon in their dtype."""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.groups import GroupsUsed
from torchcheck.finding import Span
from torchcheck.probe.layers import dtype_name, is_norm
from torchcheck.probe.observer import Observer
from torchcheck.probe.parameters.models import Models
from torchcheck.probe.session import Session

_SHOWN = 3


class Groups(Observer):
    """Looks once at each optimizer, when the first step has shown which models it trains."""

    facts: ClassVar[tuple[str, ...]] = ("groups",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._seen: dict[int, ref[torch.optim.Optimizer]] = {}
        self._places: dict[int, Span] = {}

    def built(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._places[id(optimizer)] = place
        self._seen.pop(id(optimizer), None)

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Nothing to do: that somebody listens makes the session know the models."""

    def after_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        known = self._seen.get(id(optimizer))
        if not self.session.sampled or (known is not None and known() is optimizer):
            return
        self._seen[id(optimizer)] = ref(optimizer)
        models = Models.of(self.session)
        if models.roots:
            fact = self._fact(optimizer, self._places.get(id(optimizer), place), models)
            self.session.report(self.session.judge.groups(fact))

    def _fact(self, optimizer: torch.optim.Optimizer, place: Span, models: Models) -> GroupsUsed:
        decayed: list[Tensor] = []
        decay = 0.0
        underflow: tuple[float, str] | None = None
        for group in optimizer.param_groups:
            mine = [p for p in group["params"] if isinstance(p, Tensor) and p.requires_grad]
            rate = group.get("weight_decay")
            if isinstance(rate, float) and rate > 0 and any(p.dim() > 1 for p in mine):
                decayed += [p for p in mine if _is_norm_or_bias(p, models)]
                decay = max(decay, rate)
            underflow = underflow or _underflow(group.get("eps"), mine, optimizer)
        names = self.session.names
        return GroupsUsed(
            optimizer=names.optimizer(optimizer),
            place=place,
            decay=decay,
            decayed=tuple(names.tensor(p) for p in decayed[:_SHOWN]),
            decayed_count=len(decayed),
            epsilon=None if underflow is None else underflow[0],
            dtype="" if underflow is None else underflow[1],
            step=self.session.step,
        )


def _is_norm_or_bias(parameter: Tensor, models: Models) -> bool:
    holder = models.holder.get(id(parameter))
    if holder is None or parameter.dim() > 1:
        return False
    return is_norm(holder) or any(p is parameter and "bias" in name for name, p in holder._parameters.items())


def _underflow(epsilon: Any, mine: list[Tensor], optimizer: torch.optim.Optimizer) -> tuple[float, str] | None:
    """An epsilon that vanishes where it is added: to second moments that have the dtype of the parameters."""
    if not isinstance(epsilon, float) or epsilon <= 0:
        return None
    for p in mine:
        moments = [v for v in optimizer.state.get(p, {}).values() if isinstance(v, Tensor) and v.shape == p.shape]
        half = moments and all(moment.dtype is torch.float16 for moment in moments)
        if half and p.dtype is torch.float16 and torch.tensor(epsilon, dtype=torch.float16).item() == 0:
            return epsilon, dtype_name(p.dtype)
    return None

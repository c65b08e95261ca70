"""What models give in training, on sampled steps: outputs that never change."""

from __future__ import annotations

from collections import deque
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from torchcheck.facts.outputs import OutputsSeen
from torchcheck.probe.observer import Observer
from torchcheck.probe.phases.calls import tensors
from torchcheck.probe.session import Session

_WINDOW = 12


class Outputs(Observer):
    """Records `OutputsSeen` facts, one a sampled training call of a model.

    Everything stays on the device until a window is full.
    """

    facts: ClassVar[tuple[str, ...]] = ("outputs",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._given: tuple[int, int, tuple[Tensor, ...]] | None = (
            None  # which model, how many samples, how far they lie apart
        )
        self._windows: WeakKeyDictionary[nn.Module, deque[Tensor]] = WeakKeyDictionary()
        self._told: set[int] = set()

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = [tensor for tensor in tensors((*args, kwargs)) if tensor.dim() > 0]
        alone = torch.is_grad_enabled() and module.training and len(given) == 1 and len(given[0]) >= 4
        self._given = None
        if alone and not _is_odd(given[0]):
            self._given = (id(module), len(given[0]), _ends(given[0]))

    def after_root_forward(self, module: nn.Module, output: Any) -> None:
        given, self._given = self._given, None
        if given is None or given[0] != id(module) or not isinstance(output, Tensor):
            return
        if output.dim() < 1 or len(output) != given[1] or not output.requires_grad or _is_odd(output):
            return
        window = self._windows.setdefault(module, deque(maxlen=_WINDOW))
        window.append(torch.stack([*_ends(output), *(end.to(output.device) for end in given[2])]))
        if len(window) == _WINDOW and id(module) not in self._told:
            self._judge_outputs(module, window)

    def end(self) -> None:
        self._given = None
        self._windows.clear()

    def _judge_outputs(self, module: nn.Module, window: deque[Tensor]) -> None:
        widest, low, high = torch.stack(list(window)).view(_WINDOW, 2, 3).unbind(2)
        numbers = (widest / torch.maximum(high, -low).clamp(min=1e-30)).tolist()
        fact = OutputsSeen(
            model=self.session.names.module(module),
            spreads=tuple(output for output, _ in numbers),
            input_spreads=tuple(data for _, data in numbers),
            place=self.session.user_place(),
            step=self.session.step,
        )
        findings = self.session.judge.outputs(fact)
        if findings:
            self._told.add(id(module))
        self.session.report(findings)
        for _ in range(_WINDOW // 2):
            window.popleft()


def _is_odd(tensor: Tensor) -> bool:
    if tensor.device.type == "meta" or tensor.layout is not torch.strided:
        return True
    return tensor.is_complex() or not tensor.numel()


def _ends(values: Tensor) -> tuple[Tensor, ...]:
    """How far the samples of a batch lie apart at most, and the smallest and the largest value of all."""
    rows = values.detach().reshape(len(values), -1)[:, :4096].float()
    low, high = rows.amin(dim=0), rows.amax(dim=0)  # several times faster than both at once
    return (high - low).max(), low.min(), high.max()

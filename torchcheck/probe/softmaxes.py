"""Over which axis a softmax runs that a loss or an attention uses, read from the graph."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from torchcheck.facts.softmax import SoftmaxApplied
from torchcheck.probe.activations import VIEWS, kind_of
from torchcheck.probe.frames import forward_place
from torchcheck.probe.graph import nodes
from torchcheck.probe.observer import Observer
from torchcheck.probe.regions import Regions
from torchcheck.probe.session import Session
from torchcheck.probe.source import applied_in, callee

_LOOKS = 6  # backwards that are looked at: graphs repeat themselves
_LARGEST = 4000  # nodes of a graph that are looked at
_SOFTMAXES = {"Softmax": "SOFTMAX", "LogSoftmax": "LOG_SOFTMAX"}
_ON_THE_WAY = (*VIEWS, "Mul", "NativeDropout")
_NO_SIGN = 1 << 63  # axes from the end are saved without their sign


class Softmaxes(Observer):
    """Records `SoftmaxApplied` facts of modules without an axis, and of softmaxes over the first axis of a batch."""

    facts: ClassVar[tuple[str, ...]] = ("softmax",)
    rests: ClassVar[bool] = True

    def start(self, session: Session) -> None:
        self._looks = 0
        self._regions = Regions()
        self._batch: set[int] = set()

    def new_step(self) -> None:
        self._regions.forget()
        self._batch.clear()

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._looks < _LOOKS:
            self._regions.enter(module, args)

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        if self._looks >= _LOOKS:
            return
        self._regions.leave(module, output)
        if type(module) in (nn.Softmax, nn.LogSoftmax) and module.dim is None and torch.is_grad_enabled():
            place = forward_place() or self.session.user_place()
            self._tell(SoftmaxApplied(spelling=f"nn.{type(module).__name__}", place=place, implicit=True))

    def loss_called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor) -> None:
        given = args[0] if args else kwargs.get("input")
        if self.session.sampled and isinstance(given, Tensor) and given.dim() > 1:
            self._batch.add(given.shape[0])

    def before_backward(self, loss: Tensor) -> None:
        if not self.session.sampled or self._looks >= _LOOKS:
            return
        self._looks += 1
        for root in self.session.losses:
            for node in nodes(root.grad_fn, _LARGEST) if root.grad_fn is not None else ():
                self._look(node)

    def end(self) -> None:
        self._regions = Regions()

    def _look(self, node: Any) -> None:
        kind = kind_of(node)
        if kind in ("NllLoss", "NllLoss2D"):
            found = _softmax_below(node.next_functions[0][0], ("ToCopy",))
            if found is not None and _axis(found) == 0 and len(_shape(found)) in (2, 4):
                self._applied(found, loss="the loss")
        elif kind == "Bmm":
            found = _softmax_below(node.next_functions[0][0], _ON_THE_WAY)
            if found is not None and _axis(found) == 0 and self._attends_over_batch(_shape(found)):
                self._applied(found, attends=True)

    def _attends_over_batch(self, shape: tuple[int, ...]) -> bool:
        return len(shape) > 2 and shape[0] > 1 and shape[-1] > 1 and shape[0] in self._batch

    def _applied(self, node: Any, loss: str | None = None, *, attends: bool = False) -> None:
        user = self.session.user_place()
        place = applied_in(_SOFTMAXES[kind_of(node)], self._regions.at(node), user)
        written = callee(place) if place is not None else None
        fact = SoftmaxApplied(
            spelling=written or ("log_softmax" if kind_of(node) == "LogSoftmax" else "softmax"),
            place=place or user,
            dim=0,
            input_shape=_shape(node),
            loss=loss,
            attends=attends,
        )
        self._tell(fact)

    def _tell(self, fact: SoftmaxApplied) -> None:
        self.session.report(self.session.judge.softmax(fact))


def _softmax_below(node: Any, through: tuple[str, ...]) -> Any:
    """The softmax that a value comes from, if nothing but these lies between; None otherwise."""
    while node is not None and kind_of(node) in through:
        present = [child for child, _ in node.next_functions if child is not None]
        node = present[0] if len(present) == 1 else None
    return node if node is not None and kind_of(node) in _SOFTMAXES else None


def _axis(node: Any) -> int:
    """The axis of a softmax, counted from the first."""
    saved = int(node._saved_dim)
    axis = saved - (_NO_SIGN << 1) if saved >= _NO_SIGN else saved
    return axis % max(1, len(_shape(node)))


def _shape(node: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in node._input_metadata[0].shape)

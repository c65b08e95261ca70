"""The first NaN or infinity that matters: in a loss, in gradients that a step uses, or in a weight."""

from __future__ import annotations

import math
from collections import deque
from typing import Any, ClassVar
from weakref import ref

import torch
from torch import Tensor, nn

from torchcheck.facts.non_finite import NonFinite
from torchcheck.finding import Span
from torchcheck.probe.birth import Birth, forward_order, of_gradients, of_loss
from torchcheck.probe.given import Given
from torchcheck.probe.graph import leaves
from torchcheck.probe.observer import Observer
from torchcheck.probe.op_lines import large_literal, line_of
from torchcheck.probe.operations import LEAF, is_finite, is_scaled_up
from torchcheck.probe.regions import Regions, layer_before
from torchcheck.probe.session import Session

_LOSSES = 8
_MOST_WAITING = 256
_SENTINELS, _SENTINEL_ELEMENTS = 4, 1 << 14
_LEARNING = 12
"""Backwards on sampled steps that may bring nothing new before graphs are no longer taken in."""

_Pending = tuple[Birth, list[ref[Tensor]], str | None, nn.Module | None, Span]


class NonFinites(Observer):
    """Records one `NonFinite` fact: the first of the run, since all later ones follow from it.

    The value of the loss is read at each backward on the CPU, where that costs nothing. On other devices it is kept
    and read at the next sampled step, together with all others since the last. Gradients are watched through one
    small parameter at the far end of the graph: what breaks on the way back breaks everything beyond it.
    """

    facts: ClassVar[tuple[str, ...]] = ("non_finite",)

    def __init__(self) -> None:
        self._done = False
        self._losses: deque[float] = deque(maxlen=_LOSSES)
        self._waiting: deque[tuple[int, Tensor]] = deque(maxlen=_MOST_WAITING)
        self._sentinels: list[ref[Tensor]] = []
        self._unlearned = _LEARNING
        self._pending: _Pending | None = None
        self._regions = Regions()
        self._given = Given()

    def start(self, session: Session) -> None:
        self._expect_step(None)

    def new_step(self) -> None:
        self._regions.forget()
        self._given.forget()
        self.session.mute(self, True, "new_step")

    def before_root_forward(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self._unlearned:
            self._given.into_model((*args, *kwargs.values()))

    def before_forward(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._unlearned:
            self._regions.enter(module, args)
            self._given.into_layer(module, args)
            self.session.mute(self, False, "new_step")

    def after_forward(self, module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        if self._unlearned:
            self._regions.leave(module, output)
            self._given.out_of_layer(module, output)

    def before_backward(self, loss: Tensor) -> None:
        if self._pending is not None:
            self._expect_step(None)
        session = self.session
        for one in session.losses or (loss,):
            if one.is_cpu and not (session.sampled or one.dim()):
                value = one.item()
                if math.isfinite(value):
                    self._losses.append(value)
                    continue
            if not self._done:
                self._look(one)

    def _look(self, loss: Tensor) -> None:
        if loss.device.type == "meta" or not loss.numel():
            return
        if loss.device.type != "cpu" and not self.session.sampled:
            self._waiting.append((self.session.step, loss.detach().sum()))
            return
        if self.session.sampled and self._unlearned and loss.grad_fn is not None:
            self._learn(loss.grad_fn)
        step, value = self._read(loss)
        if math.isfinite(value):
            self._losses.append(value)
        elif step != self.session.step or not is_finite(loss.detach()):
            self._tell(of_loss(loss), loss, step)

    def after_backward(self, loss: Tensor) -> None:
        if not (loss.is_cpu or self.session.sampled):
            return
        for reference in self._sentinels:
            parameter = reference()
            gradient = parameter.grad if parameter is not None else None
            if gradient is None or gradient.layout is not torch.strided or math.isfinite(gradient.sum().item()):
                continue
            break
        else:
            return
        reached = reversed(leaves(loss))  # in the order of the forward pass, more or less
        broken = [leaf for leaf in reached if leaf.grad is not None and not is_finite(leaf.grad.detach())]
        if broken and broken[0].grad is not None:
            birth = of_gradients(loss, broken, broken[0].grad.detach())
            module = self._regions.module_of(birth.node, loss) if birth.node is not None else None
            after = _name(self, layer_before(birth.node)) if birth.node is not None else None
            self._expect_step((birth, [ref(leaf) for leaf in broken], after, module, self.session.user_place()))

    def before_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        """Gradients that are not finite are a mistake once a step uses them; a `GradScaler` lets none."""
        if self._pending is None or getattr(optimizer, "found_inf", None) is not None:
            return
        birth, broken, after, module, where = self._pending
        owned = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        used = [leaf for leaf in (reference() for reference in broken) if leaf is not None and id(leaf) in owned]
        still = [leaf for leaf in used if leaf.grad is not None and not is_finite(leaf.grad.detach())]
        if still:
            birth.parameter = still[0]
            self._report(birth, module, after, where, self.session.step)
        self._expect_step(None)

    def skipped_step(self, optimizer: torch.optim.Optimizer, place: Span) -> None:
        self._expect_step(None)

    def end(self) -> None:
        self._pending = None
        self._waiting.clear()
        self._regions, self._given = Regions(), Given()

    def _expect_step(self, pending: _Pending | None) -> None:
        """Wait for a step that uses broken gradients; only then are steps listened to."""
        self._pending = pending
        for event in ("before_step", "skipped_step"):
            self.session.mute(self, pending is None, event)

    def _learn(self, root: Any) -> None:
        """Take in a graph: who ran what, and which parameter lies at its far end. Graphs soon repeat themselves."""
        order = forward_order(root)
        is_new = self._regions.learn(order)
        sentinel = _sentinel(order)
        known = [reference() for reference in self._sentinels]
        if sentinel is not None and len(known) < _SENTINELS and all(sentinel is not one for one in known):
            self._sentinels.append(ref(sentinel))
            is_new = True
        self._unlearned = _LEARNING if is_new else self._unlearned - 1

    def _read(self, loss: Tensor) -> tuple[int, float]:
        """The value of this loss, or the first that was not finite since the last look, and its step."""
        if not self._waiting:
            return self.session.step, loss.item() if loss.numel() == 1 else loss.detach().sum().item()
        waiting = [*self._waiting, (self.session.step, loss.detach().sum())]
        self._waiting.clear()
        values = torch.stack([value.float() for _, value in waiting]).tolist()
        for (step, _), value in zip(waiting, values, strict=True):
            if not math.isfinite(value):
                return step, value
            self._losses.append(value)
        return self.session.step, self._losses.pop()

    def _tell(self, birth: Birth | None, loss: Tensor, step: int) -> None:
        if birth is None or (birth.what == "loss" and is_scaled_up(loss)):
            return
        node = birth.node
        module = self._regions.module_of(node, loss) if node is not None else None
        before = layer_before(node) if node is not None and birth.what in ("activation", "loss") else None
        after = _name(self, before)
        if birth.what == "input" and birth.name == "input" and birth.parameter is None:
            after = self._trace_input(birth, module, step)
        self._report(birth, module, after, self.session.user_place(), step)

    def _trace_input(self, birth: Birth, module: nn.Module | None, step: int) -> str | None:
        """Tell data that are broken from what a model makes of good data; the name of the layer that made it."""
        if module is not None and step == self.session.step and self._given.is_finite():
            birth.what = "prepared"
            maker = self._given.maker()
            return self.session.names.module(maker) if maker is not None else None
        if self._given.is_prepared(module) and not self.session.sampled:
            birth.name = "prepared input"
        return None

    def _report(self, birth: Birth, module: nn.Module | None, after: str | None, place: Span, step: int) -> None:
        self._done = True
        self.session.mute(self, True)
        names = self.session.names
        name = birth.name
        cause = birth.cause
        if birth.dtype == "float16" and cause is not None and "masked out" in cause:
            literal = large_literal(module, place)
            cause = f"a mask of -{literal}, which is -inf in float16" if literal else cause
        if birth.parameter is not None and birth.what in ("weight", "gradient"):
            name = names.tensor(birth.parameter)
        made_by = "cast" if birth.cause == "a cast to float16" else birth.name
        fact = NonFinite(
            value=birth.value,
            what=birth.what,
            name=name,
            module=names.module(module) if module is not None else None,
            dtype=birth.dtype,
            place=place,
            step=step,
            born_at=line_of(made_by, None if made_by == "cast" else module, place) if birth.node is not None else None,
            index=birth.index,
            inputs_absmax=birth.inputs_absmax,
            operation=birth.name if birth.node is not None else None,
            cause=cause,
            after=after,
            losses=tuple(self._losses),
        )
        self.session.report(self.session.judge.non_finite(fact))


def _name(observer: Observer, weight: Tensor | None) -> str | None:
    """The layer that a weight belongs to."""
    return None if weight is None else observer.session.names.tensor(weight).rpartition(".")[0] or None


def _sentinel(order: list[Any]) -> Tensor | None:
    """The smallest parameter of the first operation that has any: every gradient passes it last."""
    for node in order:
        found = _own_leaves(node)
        if found:
            smallest = min(found, key=lambda leaf: leaf.numel())
            return smallest if smallest.numel() <= _SENTINEL_ELEMENTS else None
    return None


def _own_leaves(node: Any) -> list[Tensor]:
    children = [child for child, _ in node.next_functions if child is not None]
    return [child.variable for child in children if child.name() == LEAF]

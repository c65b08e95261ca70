"""Whether samples stay apart, and whether the input matters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from torchcheck.facts.exam import InputIgnored, SamplesMixed
from torchcheck.preflight.outputs import mapped, named_tensors
from torchcheck.preflight.randomness import Randomness
from torchcheck.preflight.row import Row, Verdict, judged, not_judged, number
from torchcheck.preflight.sitting import Sitting
from torchcheck.preflight.task import Call

APART = "samples apart"
MATTERS = "input matters"
_ON_PURPOSE = re.compile(
    r"(?i)minibatch|mini_batch|batch_?(std|stat|disc)|moe|expert|router|switch|quant|contrast|graph"
)
_NOISE = {torch.float16: 2e-2, torch.bfloat16: 2e-2, torch.float64: 1e-8}
_FLOAT = 1e-4
"""Outputs that move by less than this part of their spread are the same, up to rounding."""


@dataclass
class Seen:
    """What one look at the samples gave, in one state of the weights.

    Attributes:
        unlooked: why nothing can be said; None where something can.
        effect: how much the outputs of samples move when others change.
        spread, input_spread: as in `InputIgnored`.
        module, kind: where samples meet.
    """

    unlooked: str | None = None
    effect: float = 0.0
    spread: float = 0.0
    input_spread: float = 0.0
    module: str | None = None
    kind: str | None = None
    on_purpose: str | None = None


class Samples:
    """Passes in evaluation mode with other samples in the batch."""

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting
        self._task = sitting.task
        self._axis = sitting.batch_dim or 0
        self._randomness = Randomness()

    def look(self) -> Seen:
        """At the model as it is now."""
        why = self._why_not()
        if why is not None:
            return Seen(unlooked=why)
        with self._task.mode(training=False), torch.no_grad():
            plain = self._outputs(self._task.call)
            count = self._count
            told = {name: tensor for name, tensor in plain.items() if _is_told(tensor, self._axis, count)}
            if not told:
                return Seen(unlooked="the output has no row for each sample")
            seen = Seen(spread=_spread(told, self._axis), input_spread=self._input_spread())
            if any(not torch.isfinite(tensor).all() for tensor in told.values()):
                return Seen(unlooked="outputs are not finite")
            self._compare(seen, told)
        return seen

    @property
    def _count(self) -> int:
        return next(tensor.shape[self._axis] for _, tensor in self._task.call.inputs() if tensor.dim() > self._axis)

    def _why_not(self) -> str | None:
        if self._sitting.batch_dim is None:
            return "there is no axis of samples"
        if not self._task.can_forward:
            return "the loss function calls the model itself"
        tensors = [tensor for _, tensor in self._task.call.inputs() if tensor.dim() > 0]
        sizes = {tensor.shape[self._axis] if tensor.dim() > self._axis else -1 for tensor in tensors}
        if len(sizes) != 1:
            return "the inputs share no axis of samples"
        (count,) = sizes
        if count < 2:
            return "the batch has a single sample"
        if len(tensors) > 1 and any(
            tensor.dim() > 1 and tensor.shape[0] == tensor.shape[1] == count for tensor in tensors
        ):
            return "an input relates samples to one another"
        target = self._task.call.target
        if isinstance(target, Tensor) and (target.dim() <= self._axis or target.shape[self._axis] != count):
            return f"the target has no entry for each sample along axis {self._axis}"
        return None

    def _outputs(self, call: Call) -> dict[str, Tensor]:
        self._randomness.restore()
        return self._task.answers(call)

    def _input_spread(self) -> float:
        return _spread({name: tensor for name, tensor in self._task.call.inputs() if tensor.dim() > 0}, self._axis)

    def _compare(self, seen: Seen, plain: Mapping[str, Tensor]) -> None:
        for odd in (True, False):
            moved = paired(self._count, odd)
            call = along(self._task.call, self._axis, moved)
            others = self._outputs(call)
            effect = _effect(plain, others, self._axis, moved)
            if effect > _noise(plain):
                if self._lies_along_another(plain):
                    seen.unlooked = f"the samples seem to lie along another axis than {self._axis}; say `batch_dim=1`"
                    return
                seen.effect = max(seen.effect, effect)
                self._locate(seen, call, moved)
                return

    def _lies_along_another(self, plain: Mapping[str, Tensor]) -> bool:
        """Whether entries along the second axis of the inputs stay apart: the first may be that of time."""
        other = 1 - self._axis
        tensors = [tensor for _, tensor in self._task.call.inputs() if tensor.dim() > 0]
        sizes = {tensor.shape[other] if tensor.dim() > other else -1 for tensor in tensors}
        if len(sizes) != 1 or sizes <= {-1, 1}:
            return False
        (count,) = sizes
        moved = paired(count, odd=True)
        others = self._outputs(along(self._task.call, other, moved))
        for axis in (0, 1):
            fitting = {name: one for name, one in plain.items() if one.dim() > axis and one.shape[axis] == count}
            if fitting and _changes(fitting, others, axis, moved) and _effect(fitting, others, axis, moved) <= _FLOAT:
                return True
        return False

    def _locate(self, seen: Seen, call: Call, moved: list[int]) -> None:
        """The innermost module in which the first sample meets another."""
        before, after = self._recorded(self._task.call), self._recorded(call)
        if [name for name, *_ in before] != [name for name, *_ in after]:
            return
        modules = dict(self._task.model.named_modules())
        for (name, given, gave), (_, other_given, other_gave) in zip(before, after, strict=True):
            if _is_same(given, other_given, self._axis, moved) and not _is_same(gave, other_gave, self._axis, moved):
                kind = modules[name]
                seen.module, seen.kind = name, type(kind).__name__
                unnormed = isinstance(kind, nn.modules.batchnorm._NormBase) and kind.running_mean is None
                words = f"{name} {seen.kind}"
                if unnormed or _ON_PURPOSE.search(words) or type(kind).__module__.startswith("torch.ao."):
                    seen.on_purpose = f"`{name or seen.kind}` ({seen.kind}) relates samples to one another on purpose"
                return

    def _recorded(self, call: Call) -> list[tuple[str, list[Tensor], list[Tensor]]]:
        """Every module call in the order in which they end: its path, what it was given and what it gave."""
        seen: list[tuple[str, list[Tensor], list[Tensor]]] = []

        def hook(name: str) -> Any:
            def record(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
                given = [tensor.detach().clone() for _, tensor in named_tensors((args, kwargs))]
                seen.append((name, given, [tensor.detach().clone() for _, tensor in named_tensors(output)]))

            return record

        handles = [
            module.register_forward_hook(hook(name), with_kwargs=True)
            for name, module in self._task.model.named_modules()
        ]
        try:
            self._outputs(call)
        finally:
            for handle in handles:
                handle.remove()
        return seen


def paired(count: int, odd: bool) -> list[int]:
    """Which sample takes each place: of every pair one takes the place of both, so that an order by length stays."""
    return [
        max(place - 1, 0)
        if odd and place % 2
        else place + 1
        if not odd and place % 2 == 0 and place + 1 < count
        else place
        for place in range(count)
    ]


def along(call: Call, axis: int, moved: list[int]) -> Call:
    """The call with samples in the places of others."""

    def change(tensor: Tensor) -> Tensor:
        if tensor.dim() <= axis or tensor.shape[axis] != len(moved):
            return tensor
        return tensor.index_select(axis, torch.tensor(moved, device=tensor.device))

    return call.with_inputs(mapped(call.args, change), mapped(call.kwargs, change))


def _is_told(tensor: Tensor, axis: int, count: int) -> bool:
    return tensor.dim() > axis and tensor.shape[axis] == count and tensor.numel() > 0


def _effect(plain: Mapping[str, Tensor], others: Mapping[str, Tensor], axis: int, moved: list[int]) -> float:
    """How much the outputs of samples that stayed moved, at most, as a part of their spread."""
    return max(
        (_moved_by(one, others[name], axis, moved, stayed=True) for name, one in _both(plain, others)), default=0.0
    )


def _changes(plain: Mapping[str, Tensor], others: Mapping[str, Tensor], axis: int, moved: list[int]) -> bool:
    """Whether the outputs of the samples that were changed moved."""
    return any(_moved_by(one, others[name], axis, moved, stayed=False) > _FLOAT for name, one in _both(plain, others))


def _both(plain: Mapping[str, Tensor], others: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, one in plain.items():
        if name in others and others[name].shape == one.shape:
            yield name, one


def _moved_by(one: Tensor, other: Tensor, axis: int, moved: list[int], *, stayed: bool) -> float:
    places = [place for place, source in enumerate(moved) if (place == source) is stayed]
    one, other = one.double(), other.double()
    scale = float((one - one.mean(axis, keepdim=True)).abs().max()) or float(one.abs().max())
    index = torch.tensor(places, device=one.device)
    one, other = one.index_select(axis, index), other.index_select(axis, index)
    if one.dim() > 1 and one.shape[1 - axis] == len(moved):  # of every sample with every other
        one, other = one.index_select(1 - axis, index), other.index_select(1 - axis, index)
    if not one.numel() or not scale:
        return 0.0
    return float((one - other).abs().max()) / scale


def _is_same(one: list[Tensor], other: list[Tensor], axis: int, moved: list[int]) -> bool:
    """Whether the entries of the samples that stayed are the same in both."""
    for mine, theirs in zip(one, other, strict=False):
        if mine.shape != theirs.shape or not mine.is_floating_point() or not _is_told(mine, axis, len(moved)):
            continue
        if _moved_by(mine, theirs, axis, moved, stayed=True) > _NOISE.get(mine.dtype, _FLOAT) / 10:
            return False
    return True


def _noise(plain: Mapping[str, Tensor]) -> float:
    return max(_NOISE.get(tensor.dtype, _FLOAT) for tensor in plain.values())


def _spread(tensors: Mapping[str, Tensor], axis: int) -> float:
    """How far the samples lie apart at most, as a part of the largest number."""
    spreads = [0.0]
    for tensor in tensors.values():
        values = tensor.detach().double() if not tensor.is_complex() else tensor.detach().abs().double()
        if values.numel() and values.dim() > axis:
            largest = float(values.abs().max())
            apart = float((values.amax(axis) - values.amin(axis)).max())
            spreads.append(apart / largest if largest else 0.0)
    return max(spreads)


def apart_row(sitting: Sitting, states: list[Seen]) -> Row:
    """Whether the output of one sample depends on another."""
    mixed = next((seen for seen in states if seen.effect and seen.unlooked is None), None)
    if mixed is None:
        unlooked = next((seen.unlooked for seen in states if seen.unlooked is not None), None)
        if unlooked is not None:
            return not_judged(APART, unlooked)
        return Row(APART, Verdict.PASSED, "no output changes with another sample")
    if mixed.on_purpose is not None:
        return Row(APART, Verdict.REMARK, mixed.on_purpose)
    fact = SamplesMixed(
        place=sitting.place, model=sitting.model_name, effect=mixed.effect, module=mixed.module, kind=mixed.kind
    )
    where = f" in `{mixed.module}` ({mixed.kind})" if mixed.module else f" in {mixed.kind}" if mixed.kind else ""
    reason = f"outputs move by {number(100 * mixed.effect)} % of their spread when other samples change{where}"
    return judged(APART, sitting.judge("mixed", fact), reason, {"effect": mixed.effect, "module": mixed.module})


def matters_row(sitting: Sitting, states: list[Seen], steps: int) -> Row:
    """Whether outputs depend on inputs at all."""
    looked = [seen for seen in states if seen.unlooked is None or seen.input_spread]
    if not looked:
        return not_judged(MATTERS, states[0].unlooked or "nothing was seen")
    fact = InputIgnored(
        place=sitting.place,
        model=sitting.model_name,
        spread=max(seen.spread for seen in looked),
        input_spread=looked[0].input_spread,
        steps=steps,
    )
    if len(looked) < 2:
        return not_judged(MATTERS, "there was no time to train in between")
    if fact.input_spread < 1e-3:
        return not_judged(MATTERS, "the samples of this batch are alike")
    codes = sitting.judge("ignored", fact)
    told = "every sample has the same output" if codes else "outputs differ from sample to sample"
    return judged(MATTERS, codes, told, {"spread": fact.spread, "input_spread": fact.input_spread})

"""The features of inputs: which there are, which are the same in every sample, which are padding, and how they read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

_LENGTHS = re.compile(r"(?i)len|size|num")
_SEQUENCE = 8
_LARGEST = 65_536  # entries along an axis that are told apart


@dataclass(eq=False)
class Columns:
    """The entries of one input along one axis.

    Attributes:
        name: of the input, as the model calls it.
        tensor: the input.
        axis: along which they lie; None where the input has one number for each sample.
        open: those of which nobody has seen yet that they matter.
        constant: those that are the same in every sample.
        padding: those that a mask or lengths leave out in every sample; they need not matter.
    """

    name: str
    tensor: Tensor
    axis: int | None
    open: list[int] = field(default_factory=list)
    constant: list[int] = field(default_factory=list)
    padding: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return 1 if self.axis is None else self.tensor.shape[self.axis]

    @property
    def is_whole(self) -> bool:
        """Whether nothing of this input has been seen to matter, though it varies."""
        return len(self.open) + len(self.constant) == self.count and bool(self.told)

    @property
    def told(self) -> list[int]:
        """Those that are open, and that nothing explains."""
        return [index for index in self.open if index not in self.padding and index not in self.cut()]

    def cut(self) -> list[int]:
        """Those at the end of a sequence that strides or a shift by one leave over."""
        if self.tensor.dim() != 3 or self.count < _SEQUENCE or not self.open:
            return []
        run = [index for index in self.open if all(later in self.open for later in range(index, self.count))]
        return run if len(run) <= self.count // 4 else []

    def called(self, indices: Sequence[int]) -> str:
        """How a reader calls some of them: "features 3, 7-9 of `x`"."""
        told = ranges(indices)
        plural = "s" if len(indices) > 1 else ""
        if self.axis is None:
            return f"`{self.name}`"
        if self.tensor.dim() == 3:
            return f"{'entries' if plural else 'entry'} {told} along axis {self.axis} of `{self.name}`"
        word = "channel" if self.tensor.dim() > 3 else "feature" if self.tensor.is_floating_point() else "column"
        return f"{word}{plural} {told} of `{self.name}`"


def columns_of(inputs: Iterable[tuple[str, Tensor]], samples: int) -> list[Columns]:
    """The columns of all inputs, samples along an axis of their own.

    Args:
        inputs: by name; those without an entry for each sample are left out.
        samples: the axis of the samples.
    """
    known = [(name, tensor) for name, tensor in inputs if _is_seen(tensor, samples)]
    found = [
        Columns(name, tensor, axis)
        for name, tensor in known
        for axis in _axes(tensor, samples)
        if axis is None or tensor.shape[axis] <= _LARGEST
    ]
    for one in found:
        one.constant = _constant(one.tensor, one.axis, samples)
        one.padding = sorted(_padding(one, known, samples) - set(one.constant))
        one.open = sorted(set(range(one.count)) - set(one.constant))
    return found


def changed(one: Columns, indices: Sequence[int], samples: int, way: int) -> Tensor | None:
    """The input with some of its columns taken from other samples, or, the other way, stretched and mirrored."""
    tensor = one.tensor
    if way and not tensor.is_floating_point():
        return None
    other = tensor.roll(1, samples) if not way else _mirrored(tensor, samples)
    if one.axis is None:
        return other
    index = torch.tensor(list(indices), device=tensor.device)
    return tensor.index_copy(one.axis, index, other.index_select(one.axis, index))


def named(path: str, positional: Sequence[str]) -> str:
    """`input[0]` as the parameter of the model is called, `input["mask"]` as `mask`."""
    match = re.match(r'input\[(?:(\d+)|"(.*?)")\](.*)$', path)
    if match is None:
        return path
    number, key, rest = match.groups()
    if key is not None:
        return f"{key}{rest}"
    return f"{positional[int(number)]}{rest}" if int(number) < len(positional) else path


def ranges(indices: Sequence[int]) -> str:
    """`3, 7-9`; the first dozen of them."""
    runs: list[list[int]] = []
    for index in sorted(indices):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    told = [f"{first}-{last}" if last > first else f"{first}" for first, last in runs]
    return ", ".join([*told[:12], "…"] if len(told) > 12 else told)


def _is_seen(tensor: Tensor, samples: int) -> bool:
    return tensor.dim() > samples and tensor.layout is torch.strided and not tensor.is_complex() and tensor.numel() > 0


def _axes(tensor: Tensor, samples: int) -> list[int | None]:
    """Where features lie: behind the samples; in sequences time and features; in images the channels."""
    others = [axis for axis in range(tensor.dim()) if axis != samples]
    if not others:
        return [None]
    if len(others) < 3:
        return list(others)
    first, last = others[0], others[-1]
    return [last if tensor.shape[last] <= 4 < tensor.shape[first] else first]


def _constant(tensor: Tensor, axis: int | None, samples: int) -> list[int]:
    same = tensor == tensor.narrow(samples, 0, 1)
    if tensor.is_floating_point():
        same = same | (tensor.isnan() & tensor.narrow(samples, 0, 1).isnan())
    if axis is None:
        return [0] if bool(same.all()) else []
    alike = same.movedim(axis, 0).flatten(1).all(1)
    return [int(index) for index in alike.nonzero().flatten()]


def _padding(one: Columns, inputs: Iterable[tuple[str, Tensor]], samples: int) -> set[int]:
    """Entries along an axis that others of the inputs leave out in every sample: a mask, or lengths."""
    if one.axis is None or samples != 0 or one.axis != 1:
        return set()
    found: set[int] = set()
    for name, other in inputs:
        if other is one.tensor:
            continue
        if other.shape == one.tensor.shape[:2] and bool(((other == 0) | (other == 1)).all()):
            left_out = (other == (1 if "pad" in name.lower() else 0)).all(0)
            if not bool(left_out.all()):
                found |= {int(index) for index in left_out.nonzero().flatten()}
        if other.dim() == 1 and _LENGTHS.search(name) and not other.is_floating_point():
            longest: Any = other.max()
            if 0 < int(longest) < one.count:
                found |= set(range(int(longest), one.count))
    return found


def _mirrored(tensor: Tensor, samples: int) -> Tensor:
    middle = tensor.mean(samples, keepdim=True)
    return middle - 3 * (tensor - middle)

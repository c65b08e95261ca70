"""The scale of a batch of data: a few operations on its device, one read-back."""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.modules.conv import _ConvNd

from torchcheck.facts.layer import Moments

MOST_ELEMENTS = 1 << 18
"""Of a larger batch the first samples are measured; extremes are taken over all of it."""

MOST_FEATURES = 1024

NOTHING = Moments(low=0.0, high=0.0, rms=0.0, feature_rms=(), features=0, whole=False, infinite=0, nan=0)


@dataclass(eq=False)
class RawMoments:
    """What was measured, still on the device."""

    data: Tensor
    features: int
    columns: int
    numbers: Tensor

    def read(self) -> Moments:
        """Wait for the device and read."""
        low, high, whole, *rest = self.numbers.tolist()
        squares, counts = rest[: self.columns], rest[self.columns :]
        infinite = nan = 0
        if not (math.isfinite(low) and math.isfinite(high)):
            low, high, infinite, nan = _finite_range(self.data)
        total = sum(counts)
        return Moments(
            low=low,
            high=high,
            rms=math.sqrt(sum(squares) / total) if total else 0.0,
            feature_rms=tuple(math.sqrt(s / n) for s, n in zip(squares, counts, strict=True) if n),
            features=self.features,
            whole=bool(whole),
            infinite=infinite,
            nan=nan,
        )


def feature_axis(data: Tensor, layer: _ConvNd) -> int:
    """The channel axis of what a convolution gets, batched or not."""
    return -(len(layer.kernel_size) + 1) if data.dim() > len(layer.kernel_size) else -1


def measure(data: Tensor, axis: int) -> RawMoments:
    """Start measuring a real tensor whose features lie along `axis`."""
    batched = data.dim() > max(1, -axis)
    features = data[0].numel() if batched else data.numel()
    part = data[: max(1, MOST_ELEMENTS // max(1, features))] if batched else data
    with torch.no_grad():
        low, high = data.aminmax()
        table = part.movedim(axis, -1).reshape(-1, part.shape[axis]) if part.dim() else part.reshape(1, 1)
        table = table[:, :: -(-table.shape[1] // MOST_FEATURES)].float().nan_to_num(0.0, 0.0, 0.0)
        ends = torch.stack([low.float(), high.float(), (table == table.round()).all().float()])
        numbers = torch.cat([ends, table.square().sum(0), (table != 0).sum(0).float()])
    return RawMoments(data, features, table.shape[1], numbers)


def merge(batches: Collection[Moments]) -> Moments:
    """Several batches as one: extremes, counts, and medians of the scales, so that one odd batch has no say."""
    if not batches:
        return NOTHING
    last = list(batches)[-1]
    same = [m.feature_rms for m in batches if len(m.feature_rms) == len(last.feature_rms)]
    return Moments(
        low=min(m.low for m in batches),
        high=max(m.high for m in batches),
        rms=statistics.median(m.rms for m in batches),
        feature_rms=tuple(torch.tensor(same).median(dim=0).values.tolist()) if last.feature_rms else (),
        features=last.features,
        whole=all(m.whole for m in batches),
        infinite=sum(m.infinite for m in batches),
        nan=sum(m.nan for m in batches),
    )


def _finite_range(data: Tensor) -> tuple[float, float, int, int]:
    """Smallest and largest finite value, and how many are infinite and NaN; for the rare batch that has some."""
    finite = data[torch.isfinite(data)].float()
    low, high = (finite.min().item(), finite.max().item()) if finite.numel() else (0.0, 0.0)
    return low, high, int(torch.isinf(data).sum()), int(torch.isnan(data).sum())

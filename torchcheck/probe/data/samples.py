"""What is remembered of the samples that a loader gives: digests and labels, of its first pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import BatchSampler, IterableDataset, SequentialSampler, Subset

_MOST_SAMPLES = 20_000
_MOST_LABELS = 4096
_MOST_VALUES = 64  # of one sample
_MOST_INDICES = 2_000_000
_LABELS = ("labels", "label", "targets", "target", "y")


@dataclass(eq=False)
class Samples:
    """The samples of one loader.

    Attributes:
        name: as the user calls the loader.
        sequential: it keeps the order of its dataset.
        dataset: class name of its dataset.
        base: identity of the dataset below all subsets.
        indices: of the samples in that dataset; None for all of them.
        size: how many samples the dataset has.
        digests: one a sample; equal samples have equal ones.
        labels: in the order in which they came.
        batches: how many were looked at.
        whole: all of the first pass was looked at.
        moving: consecutive samples overlap.
        trained: a model learned from it.
        passes: over the loader.
    """

    name: str
    sequential: bool
    dataset: str
    base: int
    indices: frozenset[int] | None
    size: int
    digests: list[int] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    batches: int = 0
    whole: bool = True
    moving: bool = False
    trained: bool = False
    passes: int = 0

    def add(self, batch: Any) -> None:
        """Look at a batch of the first pass."""
        data, labels = _parts(batch)
        self.batches += 1
        if data is None or len(self.digests) >= _MOST_SAMPLES:
            self.whole = False
            return
        rows = _rows(data)
        self.digests += rows
        if labels is not None and len(self.labels) < _MOST_LABELS:
            if self.batches == 1:
                self.moving = _overlaps(data)
            self.labels += labels.detach().reshape(-1).tolist()

    @property
    def changes(self) -> float | None:
        """How often the class changes from sample to sample, as a part of how often it would in random order."""
        kinds = Counter(self.labels)
        n = len(self.labels)
        if not 2 <= len(kinds) <= max(2, n // 5) or any(label != round(label) for label in kinds):
            return None
        chance = (n - 1) * (1 - sum((count / n) ** 2 for count in kinds.values()))
        changed = sum(one != other for one, other in zip(self.labels, self.labels[1:], strict=False))
        return changed / chance if chance else None

    @property
    def memory(self) -> float | None:
        """Correlation of a label with the one before."""
        values = torch.tensor(self.labels, dtype=torch.float64)
        values = values - values.mean()
        spread = float(values.square().sum())
        return float((values[1:] * values[:-1]).sum()) / spread if len(self.labels) > 2 and spread > 0 else None

    @property
    def has_twins(self) -> bool:
        """Whether samples are equal by their nature, so that one that was met again proves nothing."""
        return len(set(self.digests)) < 0.99 * len(self.digests)


def samples_of(loader: Any, name: str) -> Samples:
    """Nothing is known yet of what a loader gives."""
    dataset = getattr(loader, "dataset", None)
    base, indices = _resolve(dataset)
    sampler, batches = getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)
    kept = type(sampler) is SequentialSampler and type(batches) is BatchSampler
    sized = not isinstance(dataset, IterableDataset) and hasattr(dataset, "__len__")
    return Samples(
        name=name,
        sequential=kept and sized,
        dataset=type(base).__name__,
        base=id(base),
        indices=indices,
        size=len(dataset) if sized else 0,  # type: ignore[arg-type]
    )


def shared(training: Samples, evaluation: Samples) -> int | None:
    """How many samples of an evaluation were trained on; None where that can't be told, or they are the same data."""
    if training.base == evaluation.base:
        if training.indices == evaluation.indices:
            return None
        if training.indices is None:
            return evaluation.size
        return len(training.indices & evaluation.indices) if evaluation.indices is not None else None
    if not training.digests or not training.whole or not evaluation.whole or training.has_twins:
        return None
    known = set(training.digests)
    return sum(digest in known for digest in evaluation.digests)


def _resolve(dataset: Any) -> tuple[Any, frozenset[int] | None]:
    """The dataset below all subsets, and which of its samples are taken."""
    chain: list[Any] = []
    while isinstance(dataset, Subset) and len(chain) < 8:
        chain.append(dataset.indices)
        dataset = dataset.dataset
    if not chain or any(len(indices) > _MOST_INDICES for indices in chain):
        return dataset, None
    taken = [int(index) for index in chain.pop()]
    while chain:
        taken = [taken[int(index)] for index in chain.pop()]
    return dataset, frozenset(taken)


def _parts(batch: Any) -> tuple[Tensor | None, Tensor | None]:
    """The data and the labels of a batch."""
    if isinstance(batch, Tensor):
        return _readable(batch), None
    if isinstance(batch, dict):
        label = next((batch[name] for name in _LABELS if isinstance(batch.get(name), Tensor)), None)
        data = next((value for value in batch.values() if isinstance(value, Tensor) and value is not label), None)
        return _readable(data), _label(label)
    if isinstance(batch, (tuple, list)) and batch:
        first = batch[0] if isinstance(batch[0], Tensor) else None
        return _readable(first), _label(batch[-1]) if len(batch) > 1 else None
    return None, None


def _readable(data: Tensor | None) -> Tensor | None:
    if data is None or data.device.type != "cpu" or data.layout is not torch.strided or data.dim() == 0:
        return None
    return data if data.numel() and not data.is_complex() else None


def _label(label: Any) -> Tensor | None:
    if not isinstance(label, Tensor) or _readable(label) is None:
        return None
    return label if label.dim() == 1 or (label.dim() == 2 and label.shape[1] == 1) else None


def _rows(data: Tensor) -> list[int]:
    """A digest of each sample, of some of its values."""
    flat = data.detach().reshape(len(data), -1)
    flat = flat[:, :: -(-flat.shape[1] // _MOST_VALUES)]
    if flat.dtype is torch.bfloat16:
        flat = flat.float()
    raw = flat.contiguous().numpy().tobytes()
    width = len(raw) // len(flat)
    return [hash(raw[start : start + width]) for start in range(0, len(raw), width)]


def _overlaps(data: Tensor) -> bool:
    """Whether each sample is the one before, moved on by one: windows over a series."""
    rows = data[:16]
    if rows.dim() < 2 or len(rows) < 3 or rows.shape[1] < 3:
        return False
    return bool((rows[1:, :-1] == rows[:-1, 1:]).all())

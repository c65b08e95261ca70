"""The data of the demo: scikit-learn's handwritten digits, or a synthetic likeness where scikit-learn is missing."""

from __future__ import annotations

import torch
from torch import Tensor


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training images (1437, 64) and labels, test images (360, 64) and labels; pixels between 0 and 1."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError:
        images, labels = _synthetic()
    else:
        data = load_digits()
        images = torch.tensor(data.data, dtype=torch.float32) / 16
        labels = torch.tensor(data.target)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    train, test = order[:1437], order[1437:]
    return images[train], labels[train], images[test], labels[test]


def _synthetic() -> tuple[Tensor, Tensor]:
    """Ten blurred prototypes with noise, as many as there are digits."""
    generator = torch.Generator().manual_seed(0)
    prototypes = torch.rand(10, 64, generator=generator)
    labels = torch.randint(0, 10, (1797,), generator=generator)
    noise = torch.randn(1797, 64, generator=generator)
    return (prototypes[labels] + 0.4 * noise).clamp(0, 1), labels

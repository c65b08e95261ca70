"""TCK108 on batches of one item, where (1, 1) against (1,) is right."""

from __future__ import annotations

import textwrap

import pytest

from tests.lint.linting import codes

DATA = "m = nn.Linear(6, 1)\nX, y = torch.randn(50, 6), torch.randn(50)\nONE = 1\n"

BATCHES = {
    "slice": "for k in range(50):\n    F.mse_loss(m(X[k:k + {n}]), y[k:k + {n}])",
    "slice from below": "for k in range(1, 50):\n    F.mse_loss(m(X[k - {n}:k]), y[k - {n}:k])",
    "slice by a name": "b = {n}\nfor k in range(50):\n    F.mse_loss(m(X[k * b:(k + 1) * b]), y[k * b:(k + 1) * b])",
    "split indices": "for i in torch.randperm(50).split({n}):\n    F.mse_loss(m(X[i]), y[i])",
    "split data": "for a, b in zip(X.split({n}), y.split({n})):\n    F.mse_loss(m(a), b)",
    "loader": "for a, b in DataLoader(TensorDataset(X, y), batch_size={n}):\n    F.mse_loss(m(a), b)",
    "loader, positional": "for a, b in DataLoader(TensorDataset(X, y), {n}):\n    F.mse_loss(m(a), b)",
}


@pytest.mark.parametrize("source", BATCHES.values(), ids=list(BATCHES))
def test_batches_of_one_are_silent(source: str) -> None:
    assert codes(DATA + source.format(n=1)) == []
    assert codes(DATA + source.format(n="ONE")) == []


@pytest.mark.parametrize(
    "source", [s for name, s in BATCHES.items() if name != "split data"], ids=[n for n in BATCHES if n != "split data"]
)
def test_larger_batches_are_accused(source: str) -> None:
    assert codes(DATA + source.format(n=10)) == ["TCK108"]


def test_default_batch_size() -> None:
    loop = "for a, b in DataLoader(TensorDataset(X, y){}):\n    F.mse_loss(m(a), b)\n"
    assert codes(DATA + loop.format("")) == []
    sampler = "s = torch.utils.data.BatchSampler(range(50), 10, False)\n"
    assert codes(DATA + sampler + textwrap.dedent(loop.format(", batch_sampler=s"))) == ["TCK108"]

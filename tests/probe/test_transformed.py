"""Trainings with `torch.func`: seen, or said not to be."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from torchcheck import watch
from torchcheck.probe.transformed import NOT_SEEN


def loss_of(model: nn.Module, weights: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
    return nn.functional.mse_loss(functional_call(model, weights, (x,)), y)


def test_a_training_by_transforms_alone_is_said_not_to_be_seen() -> None:
    model = nn.Linear(4, 1)
    weights = {name: p.detach() for name, p in model.named_parameters()}
    with watch() as report:
        for _ in range(5):
            slopes = grad(lambda w: loss_of(model, w, torch.randn(8, 4), torch.randn(8, 1)))(weights)
            weights = {name: w - 0.1 * slopes[name] for name, w in weights.items()}
    assert (report.findings, report.remarks) == ([], [NOT_SEEN])


def test_a_transform_beside_an_optimizer_is_not_worth_a_word() -> None:
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    weights = {name: p.detach() for name, p in model.named_parameters()}
    with watch() as report:
        for _ in range(3):
            x, y = torch.randn(8, 4), torch.randn(8, 1)
            vmap(grad(lambda w, a, b: loss_of(model, w, a, b)), in_dims=(None, 0, 0))(weights, x, y)
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
    assert (report.findings, report.remarks) == ([], [])

"""Frozen batch norms that go on changing (TCK516), seen from the run."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from torchcheck import watch


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.backbone(x).mean((2, 3)))


def batch() -> tuple[Tensor, Tensor]:
    return torch.randn(8, 3, 6, 6), torch.randint(0, 2, (8,))


def fit(model: nn.Module, before: Callable[[], object] = lambda: None, steps: int = 5) -> None:
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    for _ in range(steps):
        model.train()
        before()
        x, y = batch()
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def frozen_backbone() -> str:
    model = Net()
    model.backbone.requires_grad_(False)
    fit(model)
    return "`model.backbone`"


def the_norm_alone() -> str:
    model = Net()
    for p in model.backbone[1].parameters():
        p.requires_grad = False
    fit(model)
    return "`model.backbone.1`"


def a_backbone_of_its_own() -> str:
    features = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU()).requires_grad_(False)
    head = nn.Linear(12, 2)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3)
    for _ in range(5):
        loss = F.cross_entropy(head(features(torch.randn(16, 6))), torch.randint(0, 2, (16,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return "`features`"


def eval_that_train_undoes() -> str:
    model = Net()
    model.backbone.requires_grad_(False).eval()
    x, y = batch()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    for _ in range(5):
        model.train()
        optimizer.step(closure)
    return "`model.backbone`"


@pytest.mark.parametrize("program", [frozen_backbone, the_norm_alone, a_backbone_of_its_own, eval_that_train_undoes])
def test_a_frozen_norm_that_moves_is_told(program: Callable[[], str]) -> None:
    torch.manual_seed(0)
    with watch(select=["TCK516"]) as report:
        name = program()
    (finding,) = report.findings
    assert finding.message == f"{name} is frozen and runs in training mode: its running statistics go on changing."


def in_evaluation_mode() -> None:
    model = Net()
    model.backbone.requires_grad_(False)
    fit(model, model.backbone.eval)


def group_norm() -> None:
    model = Net()
    model.backbone[1] = nn.GroupNorm(2, 8)
    model.backbone.requires_grad_(False)
    fit(model)


def trained() -> None:
    fit(Net())


def without_parameters() -> None:
    model = Net()
    model.backbone[1] = nn.BatchNorm2d(8, affine=False)
    model.backbone.requires_grad_(False)
    fit(model)


def without_momentum() -> None:
    model = Net()
    model.backbone[1] = nn.BatchNorm2d(8, momentum=0.0)
    model.backbone.requires_grad_(False)
    fit(model)


def unfrozen_later() -> None:
    model = Net()
    model.backbone.requires_grad_(False)
    fit(model)
    model.backbone.requires_grad_(True)
    fit(model)


def averaged_teacher() -> None:
    student = Net()
    second = copy.deepcopy(student).requires_grad_(False)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    for _ in range(6):
        loss = F.mse_loss(student(batch()[0]), second(batch()[0]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for a, b in zip(student.parameters(), second.parameters(), strict=True):
            b.data.mul_(0.9).add_(a.data, alpha=0.1)


def critic_frozen_for_a_while() -> None:
    critic = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
    maker = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 4))
    of_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
    of_maker = torch.optim.Adam(maker.parameters(), lr=1e-3)
    for _ in range(5):
        critic.requires_grad_(False)
        of_maker.zero_grad()
        F.softplus(-critic(maker(torch.randn(8, 2)))).mean().backward()
        of_maker.step()
        critic.requires_grad_(True)
        of_critic.zero_grad()
        real, fake = critic(torch.randn(8, 4)), critic(maker(torch.randn(8, 2)).detach())
        (F.softplus(-real).mean() + F.softplus(fake).mean()).backward()
        of_critic.step()


def features_without_gradients() -> None:
    model, teacher = Net(), Net().requires_grad_(False)

    def teach() -> None:
        with torch.no_grad():
            teacher(batch()[0])

    fit(model, teach)


def target_network() -> None:
    online = Net()
    target_net = copy.deepcopy(online).requires_grad_(False)
    optimizer = torch.optim.SGD(online.parameters(), lr=0.1)
    for _ in range(5):
        x, _ = batch()
        loss = F.smooth_l1_loss(online(x), 0.1 + 0.9 * target_net(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize(
    "program",
    [
        *(in_evaluation_mode, group_norm, trained, without_parameters, without_momentum, unfrozen_later),
        *(averaged_teacher, critic_frozen_for_a_while, features_without_gradients, target_network),
    ],
)
def test_what_does_not_drift_is_left_alone(program: Callable[[], None]) -> None:
    torch.manual_seed(0)
    with watch(select=["TCK516"]) as report:
        program()
    assert report.findings == []

"""TCK614: who can learn one batch by heart, and who can't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from torchcheck import preflight


class Reshaped(nn.Module):
    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.shape)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed, self.lstm, self.head = nn.Embedding(20, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.lstm(self.embed(ids))[0][:, -1])


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.embed, self.encoder = nn.Embedding(20, 16), nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(16, 20)

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.encoder(self.embed(ids))).movedim(-1, 1)


class Gate(nn.Module):
    """A residual branch that begins at nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(()))
        self.branch = nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale * self.branch(x).tanh()


class Cut(nn.Module):
    """Only the bias of the head can learn."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(16, 64), nn.Linear(64, 4)

    def forward(self, x: Tensor) -> Tensor:
        features = self.body(x).relu().detach() * 0
        return self.head(features)


def mlp(*last: nn.Module, out: int = 4) -> nn.Module:
    return nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, out), *last)


def cnn(*last: nn.Module) -> nn.Module:
    body = nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3), nn.ReLU())
    return nn.Sequential(body, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(64, 4), *last)


def zero_head() -> nn.Module:
    net = mlp()
    nn.init.zeros_(net[2].weight)
    nn.init.zeros_(net[2].bias)
    return net


class Adapted(nn.Module):
    """A frozen layer with an adapter whose second half begins at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.base, self.head = nn.Linear(16, 64).requires_grad_(False), nn.Linear(64, 4).requires_grad_(False)
        self.down, self.up = nn.Linear(16, 8, bias=False), nn.Linear(8, 64, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.head((self.base(x) + self.up(self.down(x))).relu())


VECTORS, CLASSES = (16, 16), torch.arange(16) % 4


def vectors() -> Tensor:
    return torch.randn(*VECTORS)


def images() -> Tensor:
    return torch.randn(16, 1, 10, 10)


def ids() -> Tensor:
    return torch.randint(0, 20, (16, 6))


CAN: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a network": lambda: (mlp(), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "dropout": lambda: (nn.Sequential(nn.Dropout(0.5), mlp()), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "images": lambda: (cnn(), (images(), CLASSES), nn.CrossEntropyLoss()),
    "a recurrent network": lambda: (Recurrent(), (ids(), CLASSES), nn.CrossEntropyLoss()),
    "a transformer, with labels to ignore": lambda: (
        Attending(),
        (batch := ids(), batch.masked_fill(torch.rand(16, 6) < 0.3, -100)),
        nn.CrossEntropyLoss(),
    ),
    "an autoencoder of one tensor": lambda: (mlp(out=16), vectors(), nn.MSELoss()),
    "a zero head": lambda: (zero_head(), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "a residual scale of zero": lambda: (nn.Sequential(Gate(), mlp()), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "an adapter at zero": lambda: (Adapted(), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "smoothed labels": lambda: (mlp(), (vectors(), CLASSES), nn.CrossEntropyLoss(label_smoothing=0.2)),
    "class weights": lambda: (
        mlp(),
        (vectors(), CLASSES),
        nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0])),
    ),
    "soft labels": lambda: (mlp(), (vectors(), torch.rand(16, 4).softmax(1)), nn.CrossEntropyLoss()),
    "tiny targets": lambda: (mlp(out=1), (vectors(), 1e-4 * torch.randn(16, 1)), nn.MSELoss()),
    "binary": lambda: (mlp(out=1), (vectors(), (CLASSES > 1).float()[:, None]), nn.BCEWithLogitsLoss()),
    "probabilities": lambda: (mlp(nn.Sigmoid(), out=1), (vectors(), (CLASSES > 1).float()[:, None]), nn.BCELoss()),
    "log-probabilities": lambda: (mlp(nn.LogSoftmax(1)), (vectors(), CLASSES), nn.NLLLoss()),
    "a sum": lambda: (mlp(), (vectors(), CLASSES), nn.CrossEntropyLoss(reduction="sum")),
    "a batch of one": lambda: (mlp(), (torch.randn(1, 16), torch.tensor([2])), nn.CrossEntropyLoss()),
}


def focal(output: Tensor, target: Tensor) -> Tensor:
    nats = functional.cross_entropy(output, target, reduction="none")
    return ((1 - torch.exp(-nats)) ** 2 * nats).mean()


def contrastive(model: nn.Module, batch: Tensor) -> Tensor:
    one, other = (functional.normalize(model(batch + 0.1 * torch.randn_like(batch)), dim=1) for _ in range(2))
    return functional.cross_entropy(one @ other.T / 0.2, torch.arange(len(batch)))


def with_temperature(model: nn.Module, batch: Tensor) -> Tensor:
    """As SimCLR has it by default: even the best likeness leaves a third of the loss."""
    both = torch.cat([batch, batch + 0.1 * torch.randn_like(batch)])
    features = functional.normalize(model(both), dim=1)
    likeness = (features @ features.T / 0.5).fill_diagonal_(-1e9)
    return functional.cross_entropy(likeness, torch.arange(2 * len(batch)).roll(len(batch)))


def narrow() -> nn.Module:
    return nn.Sequential(nn.Linear(16, 256), nn.ReLU(), nn.Linear(256, 1), nn.Linear(1, 256), nn.Linear(256, 16))


UNACCUSED: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a focal loss": lambda: (mlp(), (vectors(), CLASSES), focal),
    "contrastive": lambda: (mlp(), vectors(), contrastive),
    "contrastive with a high temperature": lambda: (mlp(out=16), vectors(), with_temperature),
    "a narrow autoencoder": lambda: (narrow(), vectors(), nn.MSELoss()),
    "contrastive with one sample, at its least from the start": lambda: (mlp(), torch.randn(1, 16), contrastive),
    "a line through many points": lambda: (
        nn.Linear(2, 1),
        (torch.randn(128, 2), torch.randn(128, 1)),
        nn.MSELoss(),
    ),
    "samples that are alike": lambda: (mlp(), (torch.ones(16, 16), CLASSES), nn.CrossEntropyLoss()),
    "targets far away": lambda: (mlp(out=1), (vectors(), 5e4 + torch.randn(16, 1)), nn.MSELoss()),
    "one label for all": lambda: (mlp(), (vectors(), torch.ones(16, dtype=torch.long)), nn.CrossEntropyLoss()),
    "known already": lambda: (trained(), (torch.eye(16), CLASSES), nn.CrossEntropyLoss()),
    "nothing to train": lambda: (mlp().requires_grad_(False), (vectors(), CLASSES), nn.CrossEntropyLoss()),
}


def trained() -> nn.Module:
    net = mlp()
    optimizer = torch.optim.Adam(net.parameters(), 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        functional.cross_entropy(net(torch.eye(16)), CLASSES).backward()
        optimizer.step()
    return net


CANNOT: dict[str, Callable[[], tuple[Any, ...]]] = {
    "softmax before cross entropy": lambda: (mlp(nn.Softmax(1)), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "softmax over the batch": lambda: (cnn(nn.Softmax(0)), (images(), CLASSES), nn.CrossEntropyLoss()),
    "targets beyond a sigmoid": lambda: (mlp(nn.Sigmoid(), out=1), (vectors(), 30 + vectors()[:, :1]), nn.MSELoss()),
    "a rectifier before the loss": lambda: (
        mlp(nn.ReLU(), out=1),
        (vectors(), -1 - torch.rand(16, 1)),
        nn.MSELoss(),
    ),
    "shapes that broadcast": lambda: (mlp(out=1), (vectors(), torch.randn(16)), nn.MSELoss()),
    "no input": lambda: (Cut(), (vectors(), CLASSES), nn.CrossEntropyLoss()),
    "ids as one number": lambda: (
        nn.Sequential(Recurrent(), nn.Threshold(1e9, 0.0)),
        (ids(), CLASSES),
        nn.CrossEntropyLoss(),
    ),
}


def codes(parts: tuple[Any, ...], **options: Any) -> set[str]:
    return {finding.code for finding in preflight(*parts, select="TCK614", **options).findings}


@pytest.mark.parametrize("make", CAN.values(), ids=CAN)
def test_right_models_learn_it_by_heart(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    exam = preflight(*make(), select="TCK614")
    assert exam.findings == []
    assert exam.row("one batch by heart").verdict.value == "passed", exam


@pytest.mark.parametrize("make", UNACCUSED.values(), ids=UNACCUSED)
def test_what_can_not_be_told_is_not_accused(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make()) == set()


@pytest.mark.parametrize("make", CANNOT.values(), ids=CANNOT)
def test_wrong_models_do_not(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make()) == {"TCK614"}

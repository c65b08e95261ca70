"""TCK619 and TCK617: samples that meet, and inputs that don't matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from torchcheck import preflight

Y = torch.arange(12) % 3


class Through(nn.Module):
    """A function between two layers."""

    def __init__(self, function: Callable[[Tensor], Tensor], width: int = 16, out: int = 3) -> None:
        super().__init__()
        self.body, self.head, self.function = nn.Linear(8, width), nn.Linear(width, out), function

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.tanh(self.function(self.body(x))))


class Recurrent(nn.Module):
    def __init__(self, *, batch_first: bool, last: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.gru, self.head, self.last = nn.GRU(8, 16, batch_first=batch_first), nn.Linear(16, 3), last

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.last(self.gru(x)[0]))


class Encoder(nn.Module):
    def __init__(self, *, batch_first: bool, width: int = 8) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, 2, 16, batch_first=batch_first)
        self.encoder, self.head = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False), nn.Linear(width, 3)

    def forward(self, x: Tensor) -> Tensor:
        out = self.encoder(x)
        return self.head(out.mean(1) if out.dim() == 3 else out)


class Gated(nn.Module):
    """Mixes in a branch that begins at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.scale, self.fc = nn.Parameter(torch.zeros(())), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) + self.scale * self.fc(x.mean(0, keepdim=True) ** 2)


class MinibatchDeviation(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x.std(0).mean().expand(len(x), 1)], 1)


class Towers(nn.Module):
    """As CLIP: every image against every text."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(8, 4), nn.Linear(6, 4)

    def forward(self, image: Tensor, text: Tensor) -> dict[str, Tensor]:
        return {"logits": self.one(image) @ self.other(text).T}


class Graph(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        return self.fc(x).index_add(0, edges[1], self.fc(x)[edges[0]])


def flat() -> Tensor:
    return torch.randn(12, 8)


def sequences() -> Tensor:
    return torch.randn(12, 7, 8)


MIXING: dict[str, Callable[[], tuple[Any, ...]]] = {
    "attention that takes the batch for a sequence": lambda: (Encoder(batch_first=False), (flat(), Y)),
    "an encoder without batch_first": lambda: (Encoder(batch_first=False), (sequences(), Y)),
    "a recurrent network without batch_first": lambda: (
        Recurrent(batch_first=False, last=lambda out: out[:, -1]),
        (sequences(), Y),
    ),
    "a view in place of transpose": lambda: (Through(lambda x: x.t().reshape(12, 16)), (flat(), Y)),
    "a softmax over the batch": lambda: (Through(lambda x: 9 * x.softmax(0)), (flat(), Y)),
    "standardised over the batch": lambda: (Through(lambda x: (x - x.mean(0)) / x.std(0)), (flat(), Y)),
    "a maximum over all": lambda: (Through(lambda x: x / x.abs().max()), (flat(), Y)),
    "behind a gate that begins at zero": lambda: (Gated(), (flat(), Y)),
    "the neighbour": lambda: (Through(lambda x: x + x.roll(1, 0)), (flat(), Y)),
    "images": lambda: (
        nn.Sequential(nn.Conv2d(1, 4, 3), Flip(), nn.Flatten(), nn.Linear(144, 3)),
        (torch.randn(12, 1, 8, 8), Y),
    ),
}


class Flip(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[1], x.shape[0], *x.shape[2:]).transpose(0, 1)


APART: dict[str, Callable[[], tuple[Any, ...]]] = {
    "layers": lambda: (Through(torch.relu), (flat(), Y)),
    "batch norm": lambda: (nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.Linear(16, 3)), (flat(), Y)),
    "batch norm without running statistics": lambda: (
        nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16, track_running_stats=False), nn.Linear(16, 3)),
        (flat(), Y),
    ),
    "minibatch statistics": lambda: (nn.Sequential(MinibatchDeviation(), nn.Linear(9, 3)), (flat(), Y)),
    "attention within a sample": lambda: (Encoder(batch_first=True), (sequences(), Y)),
    "recurrent, batch first": lambda: (Recurrent(batch_first=True, last=lambda out: out[:, -1]), (sequences(), Y)),
    "recurrent, time first": lambda: (
        Recurrent(batch_first=False, last=lambda out: out[-1]),
        (torch.randn(7, 12, 8), Y),
    ),
    "recurrent, time first, as long as the batch": lambda: (
        Recurrent(batch_first=False, last=lambda out: out[-1]),
        (torch.randn(12, 12, 8), Y),
    ),
    "tags, time first": lambda: (
        Recurrent(batch_first=False, last=lambda out: out),
        (torch.randn(12, 7, 8), torch.randint(0, 3, (12, 7))),
        lambda output, target: nn.functional.cross_entropy(output.transpose(1, 2), target),
    ),
    "every image against every text": lambda: (
        Towers(),
        (torch.randn(12, 8), torch.randn(12, 6), torch.arange(12)),
        nn.CrossEntropyLoss(),
    ),
    "a graph": lambda: (Graph(), (flat(), torch.randint(0, 12, (2, 30)), Y)),
    "dropout": lambda: (nn.Sequential(nn.Dropout(0.5), Through(torch.relu)), (flat(), Y)),
    "a batch of one": lambda: (Through(torch.relu), (flat()[:1], Y[:1])),
    "instance norm": lambda: (
        nn.Sequential(nn.Conv1d(7, 4, 3), nn.InstanceNorm1d(4), nn.Flatten(), nn.Linear(24, 3)),
        (sequences(), Y),
    ),
}


def codes(parts: tuple[Any, ...], select: str, **options: Any) -> set[str]:
    model, batch, *loss_fn = parts
    exam = preflight(model, batch, *(loss_fn or [nn.CrossEntropyLoss()]), select=select, seconds=5, **options)
    return {finding.code for finding in exam.findings}


@pytest.mark.parametrize("make", MIXING.values(), ids=MIXING)
def test_samples_that_meet_are_accused(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make(), "TCK619") == {"TCK619"}


@pytest.mark.parametrize("make", APART.values(), ids=APART)
def test_samples_apart_are_not(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make(), "TCK619") == set()


def test_a_set_that_is_one_sample() -> None:
    torch.manual_seed(0)
    assert codes((Encoder(batch_first=False), (flat(), Y)), "TCK619", batch_dim=None) == set()


def test_samples_along_the_second_axis() -> None:
    torch.manual_seed(0)
    model = Recurrent(batch_first=False, last=lambda out: out[:, -1])
    x, y = torch.randn(12, 7, 8), torch.arange(12) % 3
    exam = preflight(model, (x, y), nn.CrossEntropyLoss(), select="TCK619", seconds=5)
    (finding,) = exam.findings
    assert finding.module == "gru"
    assert "batch_first=True" in finding.help


def dead() -> nn.Module:
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    nn.init.constant_(model[0].bias, -50.0)
    return model


def zero_head() -> nn.Module:
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    nn.init.zeros_(model[2].weight)
    nn.init.zeros_(model[2].bias)
    return model


CONSTANT: dict[str, Callable[[], tuple[Any, ...]]] = {
    "dead units": lambda: (dead(), (flat(), Y)),
    "multiplied by nothing": lambda: (Through(lambda x: 0 * x), (flat(), Y)),
    "cut off by a threshold": lambda: (nn.Sequential(nn.Threshold(1e3, 0.0), Through(torch.relu)), (flat(), Y)),
    "an average over the batch": lambda: (Through(lambda x: x.mean(0).expand(len(x), -1)), (flat(), Y)),
}

VARIED: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a zero head": lambda: (zero_head(), (flat(), Y)),
    "layers": lambda: (Through(torch.relu), (flat(), Y)),
    "samples that are alike": lambda: (Through(torch.relu), (torch.ones(12, 8), Y)),
    "nearly alike": lambda: (Through(torch.relu), (1 + 1e-5 * flat(), Y)),
    "constant pixels at the border": lambda: (
        nn.Sequential(nn.Flatten(), nn.Linear(64, 3)),
        (nn.functional.pad(torch.randn(12, 1, 4, 4), (2, 2, 2, 2)), Y),
    ),
}


@pytest.mark.parametrize("make", CONSTANT.values(), ids=CONSTANT)
def test_an_input_that_is_lost_is_accused(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make(), "TCK617") == {"TCK617"}


@pytest.mark.parametrize("make", VARIED.values(), ids=VARIED)
def test_one_that_matters_is_not(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    assert codes(make(), "TCK617") == set()

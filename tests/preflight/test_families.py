"""Every check on networks of several families: the same mistake in each of them, and each without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from torchcheck import preflight
from torchcheck.preflight.result import Exam

pytestmark = pytest.mark.slow

WIDTH = 16
Y = torch.arange(12) % 3


class Family(nn.Module):
    """A body, something between, and a head of three classes."""

    def __init__(self, middle: Callable[[Tensor], Tensor] = lambda hidden: hidden) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body, self.middle, self.head = self.made(), middle, nn.Linear(WIDTH, 3)

    def made(self) -> nn.Module:
        raise NotImplementedError

    def hidden(self, x: Tensor) -> Tensor:
        return self.body(x)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.middle(self.hidden(x)))


class Layers(Family):
    shape = (8,)

    def made(self) -> nn.Module:
        return nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, WIDTH))


class Images(Family):
    shape = (2, 8, 8)

    def made(self) -> nn.Module:
        convolutions = (nn.Conv2d(2, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, WIDTH, 3), nn.ReLU())
        return nn.Sequential(*convolutions, nn.Flatten())


class Recurrent(Family):
    shape = (5, 4)

    def made(self) -> nn.Module:
        return nn.LSTM(4, WIDTH, batch_first=True)

    def hidden(self, x: Tensor) -> Tensor:
        return self.body(x)[0][:, -1]


class Transformer(Family):
    shape = (5, WIDTH)

    def made(self) -> nn.Module:
        layer = nn.TransformerEncoderLayer(WIDTH, 2, 32, dropout=0.1, batch_first=True)
        return nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def hidden(self, x: Tensor) -> Tensor:
        return self.body(x).mean(1)


class Named(Layers):
    """Takes and gives dictionaries."""

    def forward(self, x: Tensor, scale: Tensor) -> dict[str, Tensor]:
        return {"features": x, "logits": self.head(self.middle(self.hidden(x * scale)))}


FAMILIES: dict[str, type[Family]] = {kind.__name__: kind for kind in (Layers, Images, Recurrent, Transformer, Named)}


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return -grad * ctx.saved_tensors[0].cos()


class Right(Wrong):
    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad * ctx.saved_tensors[0].cos()


def huge_head(model: Family) -> torch.optim.Optimizer:
    nn.init.normal_(model.head.weight, std=300.0)
    return adam(model)


def adam(model: nn.Module, rate: float = 3e-3) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), rate)


def forgetful(model: Family) -> torch.optim.Optimizer:
    model.extra = nn.Linear(WIDTH, 3)
    return adam(model)


def replaced(model: Family) -> torch.optim.Optimizer:
    optimizer = adam(model)
    model.head = nn.Linear(WIDTH, 3)
    return optimizer


def without_head(model: Family) -> torch.optim.Optimizer:
    return adam(model.body)


def same(hidden: Tensor) -> Tensor:
    return hidden


FAULTS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Family], torch.optim.Optimizer]]] = {
    "TCK113": (same, huge_head),
    "TCK205": (lambda hidden: hidden.detach(), adam),
    "TCK302": (same, without_head),
    "TCK303": (same, replaced),
    "TCK507": (lambda hidden: functional.dropout(hidden, 0.3), adam),
    "TCK511": (same, forgetful),
    "TCK614": (lambda hidden: hidden[:1].detach().expand(len(hidden), -1) * 0 + 1, adam),
    "TCK616": (same, lambda model: adam(model, 1e-10)),
    "TCK617": (lambda hidden: 0 * hidden, adam),
    "TCK619": (lambda hidden: 9 * hidden.softmax(0), adam),
    "TCK620": (Wrong.apply, adam),
}


def examined(kind: type[Family], code: str, fault: str | None = None) -> Exam:
    torch.manual_seed(1)
    middle, prepared = FAULTS[fault] if fault is not None else (Right.apply, adam)
    model = kind(middle)
    x = torch.randn(12, *kind.shape)
    batch = ({"x": x, "scale": torch.ones(12, 1)}, Y) if kind is Named else (x, Y)
    loss_fn = nn.CrossEntropyLoss()
    return preflight(model, batch, loss_fn, prepared(model), select=code, seconds=20)


@pytest.mark.parametrize("code", FAULTS)
@pytest.mark.parametrize("kind", FAMILIES.values(), ids=FAMILIES)
def test_the_mistake_is_found_in_each_family(kind: type[Family], code: str) -> None:
    exam = examined(kind, code, code)
    assert {finding.code for finding in exam.findings} == {code}, str(exam)


@pytest.mark.parametrize("kind", FAMILIES.values(), ids=FAMILIES)
def test_without_a_mistake_nothing_is(kind: type[Family]) -> None:
    exam = examined(kind, ",".join(FAULTS))
    assert exam.findings == [], str(exam)
    told = {row.check: row.verdict.value for row in exam.rows}
    assert set(told.values()) == {"passed"}, str(exam)
    assert len(told) == 9

"""Which features of the inputs never change the output."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.preflight.test_restored import everything
from torchcheck import preflight
from torchcheck.preflight.columns import ranges
from torchcheck.preflight.row import Row

Y = torch.arange(12) % 3


class Before(nn.Module):
    """A model behind a function of its input."""

    def __init__(self, function: Callable[..., Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.function, self.layers = function, nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(self.function(x))


class Recurrent(nn.Module):
    def __init__(self, place: int) -> None:
        super().__init__()
        self.gru, self.head, self.place = nn.GRU(4, 16, batch_first=True), nn.Linear(16, 3), place

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"logits": self.head(self.gru(x)[0][:, self.place])}


class Encoder(nn.Module):
    """Tokens, with or without the mask of their padding."""

    def __init__(self, *, masks: bool = True, normed: bool = True) -> None:
        super().__init__()
        self.embed, self.head, self.masks = nn.Embedding(20, 8, padding_idx=0), nn.Linear(8, 3), masks
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.1)

    def forward(self, ids: Tensor, attention_mask: Tensor) -> Tensor:
        padding = attention_mask == 0 if self.masks else None
        return self.head(self.layer(self.embed(ids), src_key_padding_mask=padding)[:, 0])


class Two(nn.Module):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self.one, self.other, self.head, self.factor = nn.Linear(6, 16), nn.Linear(2, 16), nn.Linear(16, 3), factor

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.head((self.one(left) + self.factor * self.other(right)).relu())


class Forcing(nn.Module):
    """Uses one input in training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.hint = nn.Linear(6, 3), nn.Linear(2, 3)

    def forward(self, x: Tensor, hint: Tensor) -> Tensor:
        return self.fc(x) + self.hint(hint) if self.training else self.fc(x)


class OwnLoss(nn.Module):
    def __init__(self, *used: int) -> None:
        super().__init__()
        self.fc, self.used = nn.Linear(len(used), 3), used

    def forward(self, x: Tensor, labels: Tensor) -> dict[str, Tensor]:
        return {"loss": functional.cross_entropy(self.fc(x[:, self.used]), labels)}


def mlp(width: int) -> list[nn.Module]:
    return [nn.Linear(width, 16), nn.ReLU(), nn.Linear(16, 3)]


def tokens() -> tuple[Tensor, Tensor]:
    """Of up to four of seven places each."""
    mask = (torch.arange(7) < torch.tensor([2, 3, 4]).repeat(4)[:, None]).long()
    return torch.randint(1, 20, (12, 7)) * mask, mask


def x(*shape: int) -> Tensor:
    return torch.randn(12, *shape)


CE = nn.CrossEntropyLoss()

IGNORED: dict[str, tuple[str, Callable[[], tuple[Any, ...]]]] = {
    "columns that are left out": (
        "features 3, 6 of `x`",
        lambda: (Before(lambda x: x[:, [0, 1, 2, 4, 5, 7]], *mlp(6)), (x(8), Y), CE),
    ),
    "behind a norm": (
        "feature 5 of `x`",
        lambda: (Before(lambda x: x[:, :5], nn.BatchNorm1d(5), *mlp(5), nn.LayerNorm(3)), (x(6), Y), CE),
    ),
    "a channel of an image": (
        "channel 2 of `x`",
        lambda: (Before(lambda x: x[:, :2], nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(64, 3)), (x(3, 6, 6), Y), CE),
    ),
    "the first step of a sequence alone": (
        "entries 1-6 along axis 1 of `x`",
        lambda: (Recurrent(0), (x(7, 4), Y), CE),
    ),
    "tokens": (
        "columns 4-5 of `x`",
        lambda: (
            Before(lambda x: x[:, :4], nn.Embedding(9, 4), nn.Flatten(), nn.Linear(16, 3)),
            (torch.randint(0, 9, (12, 6)), Y),
            CE,
        ),
    ),
    "an input of two": ("`right`", lambda: (Two(0.0), (x(6), x(2), Y), CE)),
    "by name": ("`right`", lambda: (Two(0.0), {"left": x(6), "right": x(2), "label": Y}, CE)),
    "a mask that is not heeded": (
        "`attention_mask`",
        lambda: (Encoder(masks=False), (*tokens(), Y), CE),
    ),
    "the model's own loss": ("features 1, 3 of `x`", lambda: (OwnLoss(0, 2, 4), {"x": x(5), "labels": Y})),
    "a loss that calls the model": (
        "features 3-4 of `batch[0]`",
        lambda: (
            nn.Linear(3, 3),
            (x(5), Y),
            lambda model, batch: functional.cross_entropy(model(batch[0][:, :3]), batch[1]),
        ),
    ),
    "what is rounded away": (
        "feature 2 of `x`",
        lambda: (Before(lambda x: torch.cat([x[:, :2], x[:, 2:] // 1e9 * 0], 1), *mlp(3)), (x(3), Y), CE),
    ),
}

MATTERS: dict[str, tuple[str, Callable[[], tuple[Any, ...]]]] = {
    "layers": ("", lambda: (nn.Sequential(*mlp(8)), (x(8), Y), CE)),
    "norms of every kind": (
        "",
        lambda: (
            nn.Sequential(nn.BatchNorm1d(8), nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 3)),
            (x(8), Y),
            CE,
        ),
    ),
    "an image behind an instance norm": (
        "",
        lambda: (
            nn.Sequential(nn.InstanceNorm2d(3), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 3)),
            (x(3, 6, 6), Y),
            CE,
        ),
    ),
    "channels last": (
        "",
        lambda: (
            Before(lambda x: x.movedim(-1, 1), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 3)),
            (x(6, 6, 3), Y),
            CE,
        ),
    ),
    "a sequence": ("", lambda: (Recurrent(-1), (x(7, 4), Y), CE)),
    "tokens and their padding": (
        "; the same in every sample: columns 4-6 of `ids`; the same in every sample: columns 0-1, 4-6 of "
        "`attention_mask`",
        lambda: (Encoder(), (*tokens(), Y), CE),
    ),
    "tokens with something in their padding": (
        "; padding in every sample: columns 4-6 of `ids`; the same in every sample: columns 0-1, 4-6 of "
        "`attention_mask`",
        lambda: (Encoder(), (torch.randint(1, 20, (12, 7)), tokens()[1], Y), CE),
    ),
    "columns that don't vary": (
        "; the same in every sample: features 0, 3 of `input`",
        lambda: (nn.Sequential(*mlp(5)), (x(5) * torch.tensor([0.0, 1, 1, 0, 1]), Y), CE),
    ),
    "missing values in one column": (
        "; the same in every sample: feature 0 of `x`",
        lambda: (
            Before(torch.nan_to_num, *mlp(3)),
            (torch.cat([torch.full((12, 1), torch.nan), x(2)], 1), Y),
            CE,
        ),
    ),
    "what strides leave over": (
        "; left over at the end: entries 6-7 along axis 2 of `input`",
        lambda: (nn.Sequential(nn.Conv1d(4, 4, 3, 3), nn.Flatten(), nn.Linear(8, 3)), (x(4, 8), Y), CE),
    ),
    "an input for training alone": ("", lambda: (Forcing(), (x(6), x(2), Y), CE)),
    "two inputs": ("", lambda: (Two(1.0), (x(6), x(2), Y), CE)),
    "what is rounded": ("", lambda: (Before(lambda x: (3 * x).round(), *mlp(4)), (x(4), Y), CE)),
    "a threshold": ("", lambda: (Before(lambda x: (x > 1.0).float(), *mlp(4)), (x(4), Y), CE)),
    "a head of zeros": ("", lambda: (zero_head(), (x(8), Y), CE)),
    "the model's own loss": ("", lambda: (OwnLoss(0, 1, 2), {"x": x(3), "labels": Y})),
}


def zero_head() -> nn.Module:
    model = nn.Sequential(*mlp(8))
    nn.init.zeros_(model[2].weight)
    return model


def row(parts: tuple[Any, ...], **options: Any) -> Row:
    return preflight(*parts, select="TCK617", seconds=10, **options).row("features matter")


@pytest.mark.parametrize(("told", "make"), IGNORED.values(), ids=IGNORED)
def test_what_never_matters_is_named(told: str, make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    found = row(make())
    verb = "change" if "s " in told.split("`")[0] else "changes"
    assert (found.verdict.value, found.reason.partition(";")[0]) == ("remark", f"{told} never {verb} the output")
    assert found.codes == ()


@pytest.mark.parametrize(("aside", "make"), MATTERS.values(), ids=MATTERS)
def test_what_matters_is_not_and_the_rest_is_told_as_what_it_is(
    aside: str, make: Callable[[], tuple[Any, ...]]
) -> None:
    torch.manual_seed(0)
    found = row(make())
    assert (found.verdict.value, found.reason) == ("passed", f"each of them changes the output{aside}")


def test_indices_are_given_to_programs() -> None:
    torch.manual_seed(0)
    data = row(IGNORED["columns that are left out"][1]()).data
    assert data == {"ignored": [{"input": "x", "axis": 1, "indices": [3, 6]}], "constant": []}


NOT_JUDGED: dict[str, Callable[[], tuple[Any, ...]]] = {
    "there is no axis of samples": lambda: (nn.Sequential(*mlp(4)), (x(4), Y), CE),
    "the batch has a single sample": lambda: (nn.Sequential(*mlp(4)), (x(4)[:1], Y[:1]), CE),
    "the inputs share no axis of samples": lambda: (Two(1.0), (x(6), x(2)[:1], Y), CE),
    "no input matters, or the samples are alike: see the check before": lambda: (
        Before(lambda x: 0 * x, *mlp(4)),
        (x(4), Y),
        CE,
    ),
}


@pytest.mark.parametrize(("reason", "make"), NOT_JUDGED.items(), ids=NOT_JUDGED)
def test_where_nothing_can_be_said(reason: str, make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    found = row(make(), batch_dim=None if reason.startswith("there is no axis") else 0)
    assert (found.verdict.value, found.reason) == ("not judged", reason)


def test_samples_along_the_second_axis() -> None:
    torch.manual_seed(0)
    model = Before(lambda x: x[..., :3].movedim(1, 0), nn.Flatten(), nn.Linear(15, 3))
    found = row((model, (torch.randn(5, 12, 4), Y), CE), batch_dim=1)
    assert found.reason == "entry 3 along axis 2 of `x` never changes the output"


@pytest.mark.parametrize("make", [make for _, make in (*IGNORED.values(), *MATTERS.values())][::3])
def test_everything_is_put_back(make: Callable[[], tuple[Any, ...]]) -> None:
    torch.manual_seed(0)
    parts = make()
    before = everything(*parts)
    row(parts)
    assert everything(*parts) == before


def test_ranges() -> None:
    assert ranges([9, 3, 7, 8]) == "3, 7-9"
    assert ranges(range(0, 60, 2)).endswith("20, 22, …")

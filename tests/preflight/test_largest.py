"""The largest batch that fits: on a machine without a GPU, with a memory that is full by decree."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.preflight.test_restored import everything
from torchcheck import preflight
from torchcheck.preflight import largest
from torchcheck.preflight.result import Exam

X, Y = torch.randn(8, 6, generator=torch.Generator().manual_seed(0)), torch.arange(8) % 3
ALIVE: weakref.WeakSet[Tensor] = weakref.WeakSet()


class Limited(nn.Module):
    """Raises what torch raises where memory is full, from so many samples on."""

    def __init__(self, most: int, error: Callable[[], Exception]) -> None:
        super().__init__()
        self.norm, self.fc, self.most, self.error = nn.BatchNorm1d(6), nn.Linear(6, 3), most, error

    def forward(self, x: Tensor) -> Any:
        hidden = self.norm(x)
        ALIVE.add(hidden)
        if len(x) > self.most:
            raise self.error()
        return self.fc(hidden)


class Named(Limited):
    def forward(self, x: Tensor, index: Tensor) -> Any:
        assert len(index) == len(x)
        return {"logits": super().forward(x)}


class WithLoss(Limited):
    def forward(self, x: Tensor, labels: Tensor) -> Any:
        return {"loss": functional.cross_entropy(super().forward(x), labels)}


ERRORS: dict[str, Callable[[], Exception]] = {
    "torch": lambda: torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    "a library": lambda: RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
}


@pytest.fixture(autouse=True)
def _gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(largest, "is_asked", lambda sitting: True)


def examined(model: nn.Module, batch: Any, *rest: Any, **options: Any) -> Exam:
    return preflight(model, batch, *rest, select="TCK614", seconds=600, **options)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize(("most", "fits"), [(8, 8), (100, 64), (1024, 1024)])
def test_the_largest_power_that_fits(most: int, fits: int, error: Callable[[], Exception]) -> None:
    row = examined(Limited(most, error), (X, Y), nn.CrossEntropyLoss()).row("largest batch")
    assert (row.verdict.value, row.data) == ("remark", {"fits": fits, "full": 2 * fits})
    assert row.reason == f"{fits} samples fit on cpu, {2 * fits} do not"


FORMS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "a dictionary": lambda: (
        Named(50, ERRORS["torch"]),
        {"x": X, "index": torch.arange(8), "label": Y},
        nn.CrossEntropyLoss(),
    ),
    "several inputs": lambda: (Named(50, ERRORS["torch"]), ((X, torch.arange(8)), Y), nn.CrossEntropyLoss()),
    "the model's own loss": lambda: (WithLoss(50, ERRORS["torch"]), {"x": X, "labels": Y}),
    "a loss that calls the model": lambda: (
        Limited(50, ERRORS["torch"]),
        (X, Y),
        lambda model, batch: functional.cross_entropy(model(batch[0]), batch[1]),
    ),
}


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_batches_of_every_form(make: Callable[[], tuple[Any, ...]]) -> None:
    assert examined(*make()).row("largest batch").data == {"fits": 32, "full": 64}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_everything_is_put_back_and_nothing_stays(error: Callable[[], Exception]) -> None:
    model = Limited(100, error)
    optimizer = torch.optim.Adam(model.parameters())
    before = everything(model, optimizer, X, Y)
    examined(model, (X, Y), nn.CrossEntropyLoss(), optimizer)
    assert everything(model, optimizer, X, Y) == before
    gc.collect()
    assert len(ALIVE) == 0


def test_another_error_is_told_as_what_it_is() -> None:
    row = examined(Limited(20, lambda: RuntimeError("no kernel")), (X, Y), nn.CrossEntropyLoss()).row("largest batch")
    assert (row.verdict.value, row.reason) == ("not judged", "stopped by RuntimeError: no kernel")


def test_time_ends_the_search() -> None:
    sizes: list[int] = []

    def fits(size: int) -> bool:
        sizes.append(size)
        return True

    assert largest.largest(fits, 16, seconds=-1.0) == (16, None)
    assert sizes == [16]


def test_not_even_the_batch_itself() -> None:
    assert largest.largest(lambda size: False, 16, seconds=1.0) == (0, 16)


def test_without_a_gpu_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    exam = examined(nn.Sequential(nn.Linear(6, 3)), (X, Y), nn.CrossEntropyLoss())
    assert "largest batch" not in [row.check for row in exam.rows]

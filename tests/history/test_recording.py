"""A run that is recorded is the run that it is without."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from torchcheck.history.recorder import Recorder
from torchcheck.history.run import load
from torchcheck.rules import all_rules

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.slow


class Kept:
    """Keeps what it is told."""

    title = "list"

    def __init__(self, most: int | None = None) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._most = most

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        if self._most is not None and len(self.told) >= self._most:
            raise ValueError("no more")
        self.told.append((kind, dict(data)))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [data for told, data in self.told if told == kind]


def watched(train: Callable[[], Any], *hearers: Any, every: int | None = None) -> tuple[Any, list[str]]:
    """What a training gives, and the remarks."""
    from torchcheck.probe.session import Session

    session = Session([rule() for rule in all_rules()], hearers=hearers, every=every)
    session.start()
    try:
        return train(), session.remarks
    finally:
        session.end()


def train() -> tuple[list[float], list[Any], Any]:
    """Losses, weights, and the random state at the end."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
    losses = []
    for _ in range(50):
        optimizer.zero_grad()
        loss = (model(torch.randn(16, 4)) - 1).pow(2).mean()
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses, [p.detach().clone() for p in model.parameters()], torch.random.get_rng_state()


def test_losses_weights_and_random_state_are_the_same_bit_for_bit(tmp_path: Path) -> None:
    bare_losses, bare_weights, bare_state = train()
    (losses, weights, state), remarks = watched(train, Recorder(tmp_path, "main"), every=1)
    assert losses == bare_losses
    assert all(torch.equal(a, b) for a, b in zip(weights, bare_weights, strict=True))
    assert torch.equal(state, bare_state)
    assert remarks == []
    series = load(tmp_path).loss
    assert series is not None
    assert series.values == losses


def test_what_is_told_of_a_training() -> None:
    kept = Kept()
    watched(train, kept)
    assert [sample["step"] for sample in kept.of("sample")] == [*range(10), 10, 20, 30, 40]
    (optimizer,) = kept.of("optimizer")
    assert (optimizer["class"], optimizer["groups"][0]["betas"]) == ("torch.optim.AdamW", [0.9, 0.999])
    (scheduler,) = kept.of("scheduler")
    assert (scheduler["class"], scheduler["optimizer"], scheduler["settings"]["T_max"]) == (
        *("torch.optim.lr_scheduler.CosineAnnealingLR", "optimizer"),
        50,
    )
    (model,) = kept.of("model")
    assert (model["name"], model["parameters"]) == ("model", 49)
    assert kept.of("seed") == [{"torch": 1}]


def adversarial() -> None:
    generator, critic = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
    opt_d = torch.optim.Adam(critic.parameters(), lr=2e-3)
    for _ in range(5):
        opt_d.zero_grad()
        loss_d = critic(generator(torch.randn(8, 2)).detach()).mean() - critic(torch.randn(8, 2)).mean()
        loss_d.backward()
        opt_d.step()
        opt_g.zero_grad()
        loss_g = -critic(generator(torch.randn(8, 2))).mean()
        loss_g.backward()
        opt_g.step()


def test_each_loss_has_its_name_and_each_optimizer_its_rate() -> None:
    kept = Kept()
    watched(adversarial, kept)
    samples = kept.of("sample")
    told = {name for sample in samples for name in sample["losses"]}
    rates = {name: rate for sample in samples for name, rate in sample["rates"].items()}
    assert told == {"loss_d", "loss_g"}
    assert rates == {"opt_d": 2e-3, "opt_g": 1e-3}


def accumulating() -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    x = torch.ones(4, 2)
    for _ in range(3):
        optimizer.zero_grad()
        for target in (0.0, 2.0):
            loss = (model(x) * 0 - target).mean() / 2
            loss.backward()
        optimizer.step()


def test_micro_batches_are_told_as_their_mean() -> None:
    kept = Kept()
    watched(accumulating, kept)
    assert [sample["losses"] for sample in kept.of("sample")] == [{"loss": -0.5}] * 3


def test_one_that_raises_is_one_remark_and_hears_nothing_more() -> None:
    broken, kept = Kept(most=3), Kept()
    _, remarks = watched(train, broken, kept)
    assert remarks == ["The list is told nothing more (ValueError: no more); the training goes on."]
    assert len(broken.told) == 3
    assert len(kept.of("sample")) == 14


def test_a_full_disk_is_one_remark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path, "main")
    write, calls = os.write, []

    def full(descriptor: int, data: bytes) -> int:
        calls.append(descriptor)
        if len(calls) > 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    (losses, _, _), remarks = watched(train, recorder)
    monkeypatch.undo()
    assert len(losses) == 50
    assert remarks == [
        "The history of the run is told nothing more (OSError: No space left on device); the training goes on."
    ]
    assert load(tmp_path).lead.losses


def test_nothing_stays_behind() -> None:
    before = torch.optim.Optimizer.zero_grad, torch.Tensor.backward, torch.optim.lr_scheduler.LRScheduler.__init__
    watched(train, Kept())
    after = torch.optim.Optimizer.zero_grad, torch.Tensor.backward, torch.optim.lr_scheduler.LRScheduler.__init__
    assert before == after


def scaled() -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    for _ in range(3):
        optimizer.zero_grad()
        loss = model(torch.ones(4, 2)).mean() * 0 + 3
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()


def test_a_scaled_loss_is_told_without_its_factor() -> None:
    kept = Kept()
    watched(scaled, kept)
    assert [sample["losses"] for sample in kept.of("sample")] == [{"loss": 3.0}] * 3

"""Mistakes that begin late: after hundreds of right steps, when the probes measure rarely and most of them rest."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from tests.probe.watched import alarms, codes, watched  # noqa: E402

LATE: dict[str, tuple[str, Callable[[], object]]] = {}
RIGHT: dict[str, Callable[[], object]] = {}
FIRST, STEPS = 520, 620  # the first wrong step, and all steps: 550 and 600 are measured


def finds(code: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    def add(program: Callable[[], object]) -> Callable[[], object]:
        LATE[program.__name__] = (code, program)
        return program

    return add


def right(program: Callable[[], object]) -> Callable[[], object]:
    RIGHT[program.__name__] = program
    return program


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def batch() -> tuple[Tensor, Tensor]:
    x = torch.randn(8, 4)
    return x, x[:, :3].argmax(1)


def loader(samples: int = 128, batch_size: int = 4) -> Any:
    x = torch.randn(samples, 4)
    data = TensorDataset(x, x[:, :3].argmax(1))
    return DataLoader(data, batch_size=batch_size, shuffle=True)


def noisy() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))


def train(turn: Callable[[int, nn.Module, Any], Any], kind: Any = torch.optim.SGD, lr: float = 1e-3) -> None:
    model = net()
    optimizer = kind(model.parameters(), lr=lr)
    for step in range(STEPS):
        turn(step, model, optimizer)


def epochs(after: Callable[[int, nn.Module], Any], before: Callable[[int, nn.Module], Any] = lambda *_: None) -> None:
    """Five epochs of 200 steps; `after` runs at the end of each, `before` at its beginning."""
    model, data = noisy(), loader(800)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for epoch in range(5):
        before(epoch, model)
        for x, y in data:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        after(epoch, model)


# The order of a step


@finds("TCK201")
def gradients_are_cleared_no_more() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        if step < FIRST:
            optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    train(turn)


@finds("TCK201")
def gradients_are_cleared_no_more_with_loaders() -> None:
    model, data = net(), loader(800)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    for epoch in range(5):
        for x, y in data:
            if epoch < 3:
                model.zero_grad(set_to_none=False)
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


@finds("TCK202")
def gradients_are_cleared_before_the_step() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        if step >= FIRST:
            optimizer.zero_grad()
        optimizer.step()

    train(turn)


@finds("TCK210")
def clipping_comes_after_the_step() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        if step < FIRST:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step >= FIRST:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)

    train(turn)


@finds("TCK203")
def the_step_of_a_second_stage_is_missing() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    train(turn)
    head = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    for _ in range(20):
        x, y = batch()
        optimizer.zero_grad()
        F.cross_entropy(head(x), y).backward()


# Losses and values


@finds("TCK101")
def another_loss_is_fed_probabilities() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        loss = F.cross_entropy(model(x), y) if step < FIRST else F.cross_entropy(model(x).softmax(1), y)
        loss.backward()
        optimizer.step()

    train(turn)


@finds("TCK607")
def the_logarithm_of_a_zero() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        scale = (model(x) * 0.0 if step == 533 else model(x)).exp().sum() - (9.0 if step == 533 else 0.0)
        (torch.log(scale.abs() - scale.abs().detach()) if step == 533 else F.cross_entropy(model(x), y)).backward()
        optimizer.step()

    train(turn)


@finds("TCK607")
def the_slope_of_a_root_of_zero() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        loss = F.cross_entropy(model(x), y)
        if step == 533:
            loss = loss + (model(x) * 0.0).square().sum(1).sqrt().mean()
        loss.backward()
        optimizer.step()

    train(turn)


@finds("TCK208")
def losses_are_collected_with_their_graphs() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    total: Any = 0.0
    for step in range(710):  # three measured steps, and another to look at what they left
        optimizer.zero_grad()
        x, y = batch()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() if step < FIRST else loss
    assert math.isfinite(total.item())


@finds("TCK312")
def the_learning_rate_becomes_zero() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        if step == 450:
            for group in optimizer.param_groups:
                group["lr"] = 0.0
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    train(turn)


# Modes and evaluation


@finds("TCK506")
def the_mode_is_lost_after_a_late_evaluation() -> None:
    data = loader(32)

    def evaluate(epoch: int, model: nn.Module) -> None:
        if epoch >= 2:
            model.eval()
            with torch.no_grad():
                for x, y in data:
                    F.cross_entropy(model(x), y)

    epochs(evaluate)


@finds("TCK505")
def a_late_validation_in_training_mode() -> None:
    data = loader(32)

    def evaluate(epoch: int, model: nn.Module) -> None:
        if epoch >= 2:
            with torch.no_grad():
                for x, y in data:
                    F.cross_entropy(model(x), y)

    epochs(evaluate)


@finds("TCK207")
def a_late_validation_that_records() -> None:
    data = loader(32)

    def evaluate(epoch: int, model: nn.Module) -> None:
        if epoch >= 2:
            model.eval()
            total = 0.0
            for x, y in data:
                total += F.cross_entropy(model(x), y).item()

    epochs(evaluate, before=lambda epoch, model: model.train())


@finds("TCK406")
def a_late_validation_on_what_was_trained_on() -> None:
    x = torch.randn(800, 4)
    y = x[:, :3].argmax(1)
    train_set, seen = TensorDataset(x, y), TensorDataset(x[:64].clone(), y[:64].clone())
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    train_loader, test_loader = DataLoader(train_set, 4, shuffle=True), DataLoader(seen, 16)
    for epoch in range(4):
        model.train()
        for xs, ys in train_loader:
            optimizer.zero_grad()
            F.cross_entropy(model(xs), ys).backward()
            optimizer.step()
        if epoch >= 2:
            model.eval()
            with torch.no_grad():
                for xs, ys in test_loader:
                    F.cross_entropy(model(xs), ys)


# Optimizers and schedules


@finds("TCK307")
def the_optimizer_is_rebuilt_in_late_epochs() -> None:
    model, data = net(), loader(800)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(7):
        if epoch >= 3:
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for x, y in data:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


@finds("TCK304")
def a_scheduler_of_a_late_stage_steps_first() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    train(turn)
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 100)
    for step in range(60):
        scheduler.step()
        turn(step, model, optimizer)


@finds("TCK305")
def a_scheduler_that_nobody_steps() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(STEPS):
        if step == FIRST:
            unused = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 100)
            assert unused.T_max == 100
        optimizer.zero_grad()
        x, y = batch()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


# Right programs whose steps change late


@right
def accumulation_begins_late() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    for step in range(STEPS):
        every = 1 if step < 400 else 4
        x, y = batch()
        (F.cross_entropy(model(x), y) / every).backward()
        if step % every == 0:
            optimizer.step()
            optimizer.zero_grad()


@right
def the_loss_changes_late() -> None:
    def turn(step: int, model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        x, y = batch()
        out = model(x)
        loss = F.cross_entropy(out, y) if step < FIRST else F.nll_loss(F.log_softmax(out, 1), y)
        loss.backward()
        optimizer.step()

    train(turn)


@right
def a_copy_is_evaluated_late() -> None:
    data = loader(32)

    def evaluate(epoch: int, model: nn.Module) -> None:
        if epoch >= 2:
            teacher = copy.deepcopy(model).eval()
            with torch.no_grad():
                for x, y in data:
                    F.cross_entropy(teacher(x), y)

    epochs(evaluate)


@right
def validation_as_it_should_be() -> None:
    data = loader(32)

    def evaluate(epoch: int, model: nn.Module) -> None:
        if epoch >= 1:
            model.eval()
            with torch.no_grad():
                for x, y in data:
                    F.cross_entropy(model(x), y)
            model.train()

    epochs(evaluate)


@right
def another_optimizer_takes_over_late() -> None:
    model, data = net(), loader(800)
    optimizer: Any = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(4):
        if epoch == 3:
            optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        for x, y in data:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


@pytest.mark.parametrize(("code", "program"), LATE.values(), ids=LATE)
def test_a_mistake_that_begins_late_is_found(code: str, program: Callable[[], object]) -> None:
    assert code in codes(watched(program))


@pytest.mark.parametrize("program", RIGHT.values(), ids=RIGHT)
def test_a_right_program_that_changes_late_is_silent(program: Callable[[], object]) -> None:
    assert alarms(watched(program)) == []

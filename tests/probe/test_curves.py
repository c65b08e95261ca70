"""Learning curves of a run: what is recorded of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any
from weakref import ref

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from torchcheck.facts.curve import Curve  # noqa: E402
from torchcheck.finding import Level  # noqa: E402
from torchcheck.probe.curves.numbers import Kept, Waiting  # noqa: E402
from torchcheck.probe.loss_value import noted  # noqa: E402
from torchcheck.probe.session import Session  # noqa: E402
from torchcheck.rules.base import Found, Rule  # noqa: E402


class Keeper(Rule):
    """Keeps curves."""

    code, name, level = "TCK998", "keeper", Level.INFO
    why = help = "for tests"
    bad = good = ()

    def __init__(self) -> None:
        super().__init__()
        self.curves: list[Curve] = []

    def curve(self, fact: Curve) -> Iterable[Found]:
        self.curves.append(fact)
        return ()


def curves_of(train: Callable[[], Any], every: int | None = None) -> list[Curve]:
    """The curves of a training that must not break the probes."""
    torch.manual_seed(0)
    keeper = Keeper()
    session = Session([keeper], every=every)
    session.start()
    try:
        train()
    finally:
        session.end()
    assert session.remarks == []
    return keeper.curves


def data(n: int = 96) -> tuple[Tensor, Tensor]:
    x = torch.randn(n, 6)
    return x, x[:, :3].argmax(1)


def net() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))


def test_every_step_has_its_value_sampled_or_not() -> None:
    seen: list[float] = []

    def train() -> None:
        x, y = data()
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(60):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append(loss.item())

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert list(curve.training.values) == pytest.approx(seen)
    assert list(curve.training.steps) == list(range(1, 61))
    assert curve.training.name == "loss"
    assert curve.chance == pytest.approx(math.log(3))
    assert curve.validation is None
    assert curve.live


def test_accumulation_is_one_value_a_step_undivided() -> None:
    seen: list[float] = []

    def train() -> None:
        x, y = data(64)
        model = nn.Linear(6, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(15):
            optimizer.zero_grad()
            parts = []
            for rows in torch.arange(64).split(16):
                loss = F.cross_entropy(model(x[rows]), y[rows])
                parts.append(loss.item())
                (loss / 4).backward()
            optimizer.step()
            seen.append(sum(parts) / 4)

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert list(curve.training.values) == pytest.approx(seen)


def test_a_loss_of_the_users_own_is_read_at_its_backward() -> None:
    def train() -> None:
        x = torch.randn(32, 6)
        model = nn.Linear(6, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(12):
            optimizer.zero_grad()
            ((model(x) - 1) ** 2).mean().backward()
            optimizer.step()

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert len(curve.training.values) == 12
    assert curve.chance is None
    assert curve.comparable is False


def evaluated(epochs: int = 6, mode: Callable[[], Any] = torch.no_grad) -> list[Curve]:
    def train() -> None:
        x, y = data(160)
        train_loader = DataLoader(TensorDataset(x[:64], y[:64]), batch_size=16, shuffle=True)
        val_loader = DataLoader(TensorDataset(x[64:], y[64:]), batch_size=40)
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

        def evaluate(loader: Any) -> float:
            model.eval()
            total = 0.0
            with mode():
                for inputs, targets in loader:
                    total += F.cross_entropy(model(inputs), targets).item() * len(inputs)
            return total / len(loader.dataset)

        for _ in range(epochs):
            model.train()
            for inputs, targets in train_loader:
                loss = F.cross_entropy(model(inputs), targets)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            own.append(evaluate(train_loader))
            losses.append(evaluate(val_loader))
            with torch.no_grad():
                rights.append((model(x[64:]).argmax(1) == y[64:]).float().mean().item())

    own: list[float] = []
    losses: list[float] = []
    rights: list[float] = []
    curves = curves_of(train)
    for curve in curves:
        assert curve.validation is not None
        assert curve.metric is not None
        assert list(curve.validation.values) == pytest.approx(losses)
        assert list(curve.metric.values) == pytest.approx(rights)
    return curves


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_an_evaluation_is_one_value_and_that_of_the_training_data_is_none(mode: Callable[[], Any]) -> None:
    (curve,) = evaluated(mode=mode)
    assert curve.validation is not None
    assert curve.validation.name == "loss on loader"
    assert list(curve.validation.steps) == [4, 8, 12, 16, 20, 24]
    assert curve.samples == 96
    assert curve.comparable
    assert curve.regularised == ("dropout",)


def test_evaluations_are_told_apart_by_the_lines_that_call_them() -> None:
    def train() -> None:
        x, y = data(96)
        model = nn.Linear(6, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

        def evaluate(rows: slice) -> None:
            with torch.no_grad():
                F.cross_entropy(model(x[rows]), y[rows])

        for _ in range(12):
            loss = F.cross_entropy(model(x[:32]), y[:32])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            evaluate(slice(32, 64))
            evaluate(slice(64, 80))

    assert [curve.samples for curve in curves_of(train)] == [32, 16]


def test_each_fold_has_its_curve() -> None:
    def train() -> None:
        x, y = data()
        for fold in range(3):
            model = nn.Linear(6, 3)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            for _ in range(12 + fold):
                loss = F.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    assert [len(curve.training.values) for curve in curves_of(train) if curve.training] == [12, 13, 14]


def test_a_loss_that_becomes_nan_says_when() -> None:
    def train() -> None:
        x, y = data()
        model = nn.Linear(6, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for step in range(20):
            loss = F.cross_entropy(model(x), y) * (float("nan") if step >= 15 else 1.0)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert len(curve.training.values) == 16  # the sixteenth loss itself is a number; its gradient is none
    assert curve.ended_at == 17


def test_the_targets_of_a_regression_say_what_guessing_gives() -> None:
    def train() -> None:
        x = torch.randn(64, 6)
        y = 3 * torch.randn(64, 1)
        model = nn.Linear(6, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(12):
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        variances.append(y.var(correction=0).item())

    variances: list[float] = []
    (curve,) = curves_of(train)
    assert curve.chance == pytest.approx(variances[0])


def two_optimizers() -> None:
    x = torch.randn(32, 4)
    generator, critic = nn.Linear(4, 4), nn.Linear(4, 1)
    first = torch.optim.Adam(generator.parameters())
    second = torch.optim.Adam(critic.parameters())
    for _ in range(15):
        second.zero_grad()
        F.binary_cross_entropy_with_logits(critic(generator(x).detach()), torch.zeros(32, 1)).backward()
        second.step()
        first.zero_grad()
        F.binary_cross_entropy_with_logits(critic(generator(x)), torch.ones(32, 1)).backward()
        first.step()


def moving_targets() -> None:
    q, target = nn.Linear(4, 1), nn.Linear(4, 1)
    optimizer = torch.optim.Adam(q.parameters())
    for _ in range(15):
        states = torch.randn(32, 4)
        with torch.no_grad():
            goal = 1 + 0.9 * target(states)
        loss = F.mse_loss(q(states), goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def episodes() -> None:
    policy = nn.Linear(4, 2)
    optimizer = torch.optim.Adam(policy.parameters())
    for _ in range(15):
        terms = [torch.log_softmax(policy(torch.randn(4)), 0)[0] for _ in range(5)]
        loss = -torch.stack(terms).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def two_lines() -> None:
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(15):
        optimizer.zero_grad()
        F.mse_loss(model(torch.randn(8, 4)), torch.zeros(8, 1)).backward()
        F.l1_loss(model(torch.randn(8, 4)), torch.ones(8, 1)).backward()
        optimizer.step()


@pytest.mark.parametrize("train", [two_optimizers, moving_targets, episodes, two_lines])
def test_trainings_whose_loss_need_not_fall_have_no_curve(train: Callable[[], None]) -> None:
    assert curves_of(train) == []


def test_a_scaled_loss_is_read_before_it_is_scaled() -> None:
    seen: list[float] = []

    def train() -> None:
        x, y = data()
        model = nn.Linear(6, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=3)
        for _ in range(12):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            seen.append(loss.item())

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert list(curve.training.values) == pytest.approx(seen)
    assert curve.training.name == "loss"


def test_a_scaled_loss_of_the_users_own_is_read_without_the_factor() -> None:
    seen: list[float] = []

    def train() -> None:
        x = torch.randn(32, 6)
        model = nn.Linear(6, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=3)
        for _ in range(12):
            optimizer.zero_grad()
            loss = ((model(x) - 1) ** 2).mean()
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            seen.append(loss.item())

    (curve,) = curves_of(train)
    assert curve.training is not None
    assert list(curve.training.values) == pytest.approx(seen)


def test_loaders_that_are_made_anew_for_each_pass_are_one() -> None:
    def train() -> None:
        x, y = data(160)
        own, other = TensorDataset(x[:64], y[:64]), TensorDataset(x[64:], y[64:])
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

        def run(dataset: Any, learn: bool) -> None:
            with torch.set_grad_enabled(learn):
                for inputs, targets in DataLoader(dataset, batch_size=16, shuffle=learn):
                    loss = F.cross_entropy(model(inputs), targets)
                    if learn:
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()

        for _ in range(4):
            run(own, True)
            run(other, False)
            run(own, False)

    (curve,) = curves_of(train)
    assert curve.validation is not None
    assert list(curve.validation.steps) == [4, 8, 12, 16]
    assert curve.samples == 96


def test_no_loss_is_kept_alive() -> None:
    alive: list[ref[Any]] = []

    def train() -> None:
        x, y = data()
        model = nn.Linear(6, 3)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(30):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            alive.append(ref(loss))
            del loss
            with torch.no_grad():
                checked = F.cross_entropy(model(x), y)
            alive.append(ref(checked))
            del checked
            assert not any(reference() is not None for reference in alive)

    curves_of(train, every=1000)


def test_a_series_stays_small_and_keeps_its_mean() -> None:
    kept = Kept()
    for step in range(20_000):
        kept.add(step, float(step))
    assert len(kept.values) < 4096
    assert len(kept.values) == len(kept.steps)
    assert sum(kept.values) / len(kept.values) == pytest.approx(10_000, rel=0.01)
    assert list(kept.steps) == sorted(kept.steps)


def test_numbers_that_wait_are_read_together_and_in_order() -> None:
    kept, waiting = Kept(), Waiting()
    for step in range(5):
        waiting.add(kept, step, [torch.tensor(float(step)), torch.tensor(float(step + 2))])
    waiting.add(kept, 5, [6.0])
    assert list(kept.values) == [], "nothing is read before it is asked for"
    waiting.read()
    assert list(kept.values) == [1, 2, 3, 4, 5, 6]
    assert isinstance(noted(torch.tensor(2.0)), float), "a CPU is not waited for"

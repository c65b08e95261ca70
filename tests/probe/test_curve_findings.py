"""What the probes say of learning curves: mistakes in models and loops of several kinds, and what looks like them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.distributions import Categorical  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from tests.probe.watched import watched  # noqa: E402

CURVES = {"TCK608", "TCK609", "TCK610"}


def said(train: Callable[[], object]) -> set[str]:
    """The rules about curves that speak of a training."""
    return {finding.code for finding in watched(train)} & CURVES


def batches(n: int, size: int) -> Iterator[Tensor]:
    yield from torch.randperm(n).split(size)


# TCK608: nothing is learned.


def labels_of_other_samples() -> None:
    x = torch.randn(20_000, 1, 6, 6)
    y = (x.mean((1, 2, 3)) > 0).long().roll(1)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True):
        loss = criterion(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def target_that_was_already_known_to_nobody() -> None:
    """A recurrent net that is to foretell a fair coin."""
    cell, head = nn.GRU(2, 8, batch_first=True), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=1e-3)
    model = nn.ModuleDict({"cell": cell, "head": head})
    model.forward = lambda x: head(cell(x)[0][:, -1])  # type: ignore[assignment]
    for _ in range(320):
        y = torch.randint(0, 2, (128, 1)).float()
        loss = F.binary_cross_entropy_with_logits(model(torch.randn(128, 5, 2)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def inputs_of_another_order() -> None:
    x = torch.randn(100_000, 5)
    y = torch.tanh(x.sum(1, keepdim=True))
    x = x[torch.randperm(len(x))]
    model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for rows in batches(len(x), 300):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()


def words_without_their_labels() -> None:
    model = nn.Sequential(nn.EmbeddingBag(50, 8), nn.Linear(8, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(340):
        optimizer.zero_grad()
        for _ in range(2):
            ids = torch.randint(0, 50, (64, 6))
            loss = F.cross_entropy(model(ids), ids[torch.randperm(64), 0] % 4)
            (loss / 2).backward()
        optimizer.step()


# TCK609: the loss grows.


def ascent() -> None:
    x = torch.randn(128, 4)
    y = x.sum(1, keepdim=True)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, maximize=True)
    for _ in range(80):
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def far_too_large_a_rate() -> None:
    x = torch.randn(256, 16)
    y = x @ torch.randn(16, 1)
    model = nn.Linear(16, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.9)
    for inputs, targets in ((x, y) for _ in range(40)):
        loss = F.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def momentum_that_adds_up() -> None:
    x = 6 * torch.randn(512, 6)
    y = x.sum(1, keepdim=True)
    model = nn.Linear(6, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.06, momentum=0.9)
    for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=16):
        loss = nn.MSELoss()(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def sign_of_a_score() -> None:
    x = torch.randn(256, 5, 3)
    y = x.sum((1, 2)).unsqueeze(1)
    cell, head = nn.RNN(3, 16, batch_first=True), nn.Linear(16, 1)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.head = cell, head

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.cell(x)[0][:, -1])

    model = Net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        (-loss).backward()
        optimizer.step()


# TCK610: validation gets worse.


def few_noisy_samples() -> None:
    x = torch.randn(600, 10)
    y = x[:, :1] - x[:, 1:2] + 0.8 * torch.randn(600, 1)
    model = nn.Sequential(nn.Linear(10, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4)
    for _ in range(60):
        for rows in batches(80, 20):
            loss = ((model(x[rows]) - y[rows]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            F.mse_loss(model(x[80:]), y[80:]).item()


def wrong_labels_by_loaders() -> None:
    x = torch.randn(500, 1, 12)
    y = (x[:, 0, :3].sum(1) > 0).long()
    noisy = torch.where(torch.rand(500) < 0.3, 1 - y, y)
    train_loader = DataLoader(TensorDataset(x[:80], noisy[:80]), batch_size=20, shuffle=True)
    val_loader = DataLoader(TensorDataset(x[80:], y[80:]), batch_size=140)
    model = nn.Sequential(nn.Conv1d(1, 32, 3), nn.ReLU(), nn.Flatten(), nn.Linear(320, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def run(loader: DataLoader[tuple[Tensor, ...]], train: bool) -> float:
        model.train(train)
        total = 0.0
        for inputs, targets in loader:
            with torch.set_grad_enabled(train):
                loss = F.cross_entropy(model(inputs), targets)
            if train:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item()
        return total

    for _ in range(40):
        run(train_loader, True)
        run(val_loader, False)


def memorised_words() -> None:
    ids = torch.randint(0, 200, (300, 5))
    y = (ids[:, 0] % 2).unsqueeze(1).float()
    model = nn.Sequential(nn.EmbeddingBag(200, 32), nn.Linear(32, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    criterion = nn.BCEWithLogitsLoss()
    for _ in range(40):
        for rows in batches(40, 10):
            optimizer.zero_grad()
            loss = criterion(model(ids[rows]), y[rows])
            loss.backward()
            optimizer.step()
        with torch.inference_mode():
            criterion(model(ids[40:]), y[40:])


def recurrent_memory() -> None:
    x = torch.randn(300, 6, 4)
    y = (x[:, -1, :1] + torch.randn(300, 1) > 0).float()

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.head = nn.LSTM(4, 48, batch_first=True), nn.Linear(48, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.head(self.cell(x)[0][:, -1])

    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(40):
        model.train()
        for rows in batches(40, 20):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            F.binary_cross_entropy_with_logits(model(x[40:]), y[40:])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "train"),
    [
        *(("TCK608", train) for train in (labels_of_other_samples, target_that_was_already_known_to_nobody)),
        *(("TCK608", train) for train in (inputs_of_another_order, words_without_their_labels)),
        *(("TCK609", train) for train in (ascent, far_too_large_a_rate, momentum_that_adds_up, sign_of_a_score)),
        *(("TCK610", train) for train in (few_noisy_samples, wrong_labels_by_loaders, memorised_words)),
        ("TCK610", recurrent_memory),
    ],
)
def test_the_mistake_is_found_and_no_other_of_its_kind(code: str, train: Callable[[], None]) -> None:
    assert said(train) == {code}


# What looks alike, and is right.


def a_head_on_frozen_features() -> None:
    """Fine-tuning that starts good."""
    x = torch.randn(512, 8)
    y = x[:, :4].argmax(1)
    model = nn.Linear(8, 4)
    with torch.no_grad():
        model.weight.copy_(8 * torch.eye(4, 8))
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    for _ in range(10):
        for rows in batches(512, 16):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def warm_up_that_has_only_begun() -> None:
    x = torch.randn(512, 8)
    y = x[:, :4].argmax(1)
    model = nn.Linear(8, 4)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 100_000))
    for _ in range(12):
        for rows in batches(512, 16):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


def pairs_that_contrast() -> None:
    """In-batch negatives: the loss begins at the logarithm of the batch."""
    model = nn.Linear(8, 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    x = torch.randn(256, 8)
    for _ in range(40):
        for rows in batches(256, 32):
            one, other = model(x[rows]), model(x[rows] + 0.1 * torch.randn(32, 8))
            loss = F.cross_entropy(one @ other.t(), torch.arange(32))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def adversaries() -> None:
    g, d = nn.Linear(2, 4), nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    g_optimizer = torch.optim.Adam(g.parameters(), lr=1e-4)
    d_optimizer = torch.optim.Adam(d.parameters(), lr=1e-2)
    for _ in range(310):
        real, fake = torch.randn(32, 4) + 3, g(torch.randn(32, 2))
        d_loss = F.softplus(-d(real)).mean() + F.softplus(d(fake.detach())).mean()
        d_optimizer.zero_grad()
        d_loss.backward()
        d_optimizer.step()
        g_loss = F.binary_cross_entropy_with_logits(d(fake), torch.ones(32, 1))
        g_optimizer.zero_grad()
        g_loss.backward()
        g_optimizer.step()


def values_that_grow() -> None:
    """Q-learning: the targets, and with them the loss, grow as values are learned."""
    q = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))
    target = copy.deepcopy(q)
    optimizer = torch.optim.Adam(q.parameters(), lr=1e-2)
    for step in range(300):
        states, chosen = torch.randn(64, 3), torch.randint(0, 2, (64, 1))
        with torch.no_grad():
            goal = 1 + 0.99 * target(states).amax(1, keepdim=True)
        loss = F.smooth_l1_loss(q(states).gather(1, chosen), goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 10 == 0:
            target.load_state_dict(q.state_dict())


def an_agent_and_its_critic() -> None:
    """The critic is wrong by more the more it has to foretell."""

    class Agent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.policy, self.value = nn.Linear(3, 2), nn.Linear(3, 1)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            return self.policy(x), self.value(x)

    agent = Agent()
    optimizer = torch.optim.Adam(agent.parameters(), lr=1e-3)
    for rollout in range(40):
        with torch.no_grad():
            states = torch.randn(64, 3)
            logits, _ = agent(states)
            actions = Categorical(logits=logits).sample()
        returns = torch.full((64, 1), 1.3**rollout)
        for rows in torch.randperm(64).split(16):
            logits, values = agent(states[rows])
            advantage = (returns[rows] - values).detach().squeeze(1)
            policy_loss = -(Categorical(logits=logits).log_prob(actions[rows]) * advantage).mean()
            loss = policy_loss + F.mse_loss(values, returns[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def overfit_one_batch_on_purpose() -> None:
    x, y = torch.randn(8, 10), torch.randint(0, 3, (8,))
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(320):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def smoothed_to_its_floor() -> None:
    x = torch.randn(256, 8)
    y = x[:, :4].argmax(1)
    model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.2)
    for _ in range(500):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def tasks_in_turn() -> None:
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    x = torch.randn(512, 6)
    for task in range(3):
        y = x.roll(task, 1)[:, :3].argmax(1)
        for _ in range(10):
            for rows in batches(512, 64):
                loss = F.cross_entropy(model(x[rows]), y[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()


def stopped_early() -> None:
    x = torch.randn(400, 20)
    y = x[:, :1] + 0.7 * torch.randn(400, 1)
    model = nn.Sequential(nn.Linear(20, 128), nn.ReLU(), nn.Linear(128, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    best, patience = float("inf"), 0
    while patience < 4:
        for rows in batches(60, 20):
            loss = F.mse_loss(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            value = F.mse_loss(model(x[60:]), y[60:]).item()
        best, patience = (value, 0) if value < best else (best, patience + 1)


def accuracy_that_keeps_improving() -> None:
    """The loss of validation grows because the model gets sure of itself; it gets no worse."""
    x = torch.randn(600, 10)
    y = (x[:, 0] > 0).long()
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(25):
        for rows in batches(300, 30):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            F.cross_entropy(model(x[300:]), y[300:])


def an_inner_loop_of_lbfgs() -> None:
    x = torch.randn(64, 4)
    y = x.sum(1, keepdim=True)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    for _ in range(20):
        optimizer.step(closure)


def folds() -> None:
    x = torch.randn(120, 5)
    y = x[:, :1]
    for fold in range(3):
        held_out = torch.arange(fold * 40, fold * 40 + 40)
        rest = torch.tensor([i for i in range(120) if i not in set(held_out.tolist())])
        model = nn.Linear(5, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
        for _ in range(15):
            loss = F.mse_loss(model(x[rest]), y[rest])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                F.mse_loss(model(x[held_out]), y[held_out])


@pytest.mark.slow
@pytest.mark.parametrize(
    "train",
    [
        *(a_head_on_frozen_features, warm_up_that_has_only_begun, pairs_that_contrast, adversaries, values_that_grow),
        *(an_agent_and_its_critic, overfit_one_batch_on_purpose, smoothed_to_its_floor, tasks_in_turn, stopped_early),
        *(accuracy_that_keeps_improving, an_inner_loop_of_lbfgs, folds),
    ],
)
def test_what_looks_alike_is_left_alone(train: Callable[[], None]) -> None:
    assert said(train) == set()

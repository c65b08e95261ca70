"""Activations between layers as they are read from a graph: TCK605 and TCK606."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.probe.watched import alarms, codes, watched
from torchcheck.facts.outputs import Saturation, UnitsSeen
from torchcheck.finding import Lens, Level, Position, Span
from torchcheck.probe.hidden_units import hidden_activations
from torchcheck.probe.session import Session
from torchcheck.rules.base import Found, Rule
from torchcheck.rules.judge import Judge
from torchcheck.selection import Selection


class Keeps(Rule):
    """Accuses nobody, and keeps what it is shown."""

    code, name, level, why, help, bad, good = "TCK999", "keeps", Level.INFO, ".", ".", (), ()

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Saturation | UnitsSeen] = []

    def units(self, fact: UnitsSeen) -> Iterable[Found]:
        self.seen.append(fact)
        return ()

    def saturated(self, fact: Saturation) -> Iterable[Found]:
        self.seen.append(fact)
        return ()


def seen_of(net: nn.Module, steps: int = 60, batch: int = 16) -> list[Saturation | UnitsSeen]:
    rule = Keeps()
    torch.manual_seed(0)
    session = Session([rule])
    session.start()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0)
    for _ in range(steps):
        optimizer.zero_grad()
        net(torch.randn(batch, 4)).pow(2).mean().backward()
        optimizer.step()
    session.end()
    assert not session.remarks, session.remarks
    return rule.seen


SPELLINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "module": nn.ReLU(),
    "in place": nn.ReLU(inplace=True),
    "relu6": nn.ReLU6(),
    "F.relu": F.relu,
    "torch.relu": torch.relu,
    "method": lambda x: x.relu(),
    "clamp": lambda x: x.clamp(min=0),
    "clamp_min": lambda x: torch.clamp_min(x, 0),
    "with dropout": lambda x: F.dropout(F.relu(x), 0.3),
    "with a norm": lambda x: F.layer_norm(F.relu(x), (12,)),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_dead_units_are_counted_exactly_however_the_rectifier_is_written(spelling: str) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 12), nn.Linear(12, 1)
            with torch.no_grad():
                self.one.bias[:5] = -50.0

        def forward(self, x: Tensor) -> Tensor:
            return self.two(SPELLINGS[spelling](self.one(x)))

    fact = seen_of(Net())[0]
    assert isinstance(fact, UnitsSeen)
    assert (fact.units, fact.dead, fact.batches, fact.module) == (12, 5, 12, "net.one")


@pytest.mark.parametrize(("function", "end"), [(torch.sigmoid, 0.0), (torch.tanh, -1.0)])
def test_the_pinned_part_is_that_of_the_outputs(function: Callable[[Tensor], Tensor], end: float) -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 8), nn.Linear(8, 1)
            nn.init.zeros_(self.one.weight)
            with torch.no_grad():
                self.one.bias.copy_(torch.tensor([-9.0, -9, -9, 9, 0, 0, 0, 0]))

        def forward(self, x: Tensor) -> Tensor:
            return self.two(function(self.one(x)))

    fact = seen_of(Net())[0]
    assert isinstance(fact, Saturation)
    assert set(fact.low) == {3 / 8}
    assert set(fact.high) == {1 / 8}
    assert fact.steps == (*range(10), 10, 20)
    assert len(fact.low) == 12


def test_what_feeds_no_layer_is_no_hidden_activation() -> None:
    x, w = torch.randn(4, 4), torch.randn(4, 4, requires_grad=True)
    assert list(hidden_activations((x @ w).relu().sum().grad_fn)) == []
    assert list(hidden_activations(((x @ w) * (x @ w).sigmoid() @ w).sum().grad_fn)) == []
    assert list(hidden_activations(((x @ w).softmax(-1) @ (x @ w).tanh()).sum().grad_fn)) == []
    (found,) = hidden_activations(((x @ w).tanh().flatten(1) @ w).sum().grad_fn)
    assert found.kind == "tanh"
    assert found.weight is w


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointed_parts_are_computed_as_often_as_without_the_probes(reentrant: bool) -> None:
    """To read what a checkpoint has saved would run it once more, and move its running statistics."""

    def train() -> tuple[int, Tensor]:
        torch.manual_seed(0)
        norm = nn.BatchNorm1d(8)
        body, out = nn.Sequential(nn.Linear(4, 8), norm, nn.ReLU(), nn.Linear(8, 8), nn.Tanh()), nn.Linear(8, 1)
        calls = 0

        def run(x: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            return body(x)

        optimizer = torch.optim.SGD([*body.parameters(), *out.parameters()], lr=0.01)
        for _ in range(20):
            x = torch.randn(8, 4, requires_grad=True)
            loss = out(checkpoint(run, x, use_reentrant=reentrant)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return calls, norm.running_mean

    bare = train()
    results: list[tuple[int, Tensor]] = []
    watched(lambda: results.append(train()))
    assert results[0][0] == bare[0]
    assert torch.equal(results[0][1], bare[1])


def test_tensors_that_are_saved_on_the_host_are_left_there() -> None:
    unpacked = 0

    def unpack(tensor: Tensor) -> Tensor:
        nonlocal unpacked
        unpacked += 1
        return tensor

    def train() -> None:
        net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        for _ in range(5):
            with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
                loss = net(torch.randn(8, 4)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    train()
    bare, unpacked = unpacked, 0
    watched(train)
    assert unpacked == bare


PLACE = Span("train.py", Position(1, 1), Position(1, 2))


def judged(shares: list[float], loss_change: float | None = 0.0, **options: dict[str, float]) -> set[str]:
    fact = Saturation(
        module="net.one",
        function="tanh",
        low=[share / 2 for share in shares],
        high=[share / 2 for share in shares],
        steps=range(len(shares)),
        loss_change=loss_change,
        place=PLACE,
        step=len(shares),
    )
    judge = Judge(Selection().rules(options), Lens.RUNTIME, lambda rule, error: pytest.fail(f"{rule.code} {error}"))
    return codes(judge.saturated(fact))


def test_what_is_pinned_from_the_start_is_accused_and_what_training_has_pinned_only_if_it_does_not_learn() -> None:
    assert judged([0.9] * 12, loss_change=-0.5) == {"TCK606"}
    assert judged([0.1] * 4 + [0.9] * 8, loss_change=-0.5) == set()
    assert judged([0.1] * 4 + [0.9] * 8, loss_change=0.0) == {"TCK606"}
    assert judged([0.1] * 4 + [0.9] * 8, loss_change=None) == set()
    assert judged([0.9] * 11 + [0.5]) == set()
    assert judged([0.9] * 5) == set()
    assert judged([float("nan")] * 12) == set()


def test_the_share_can_be_set() -> None:
    assert judged([0.5] * 12) == set()
    assert judged([0.5] * 12, **{"saturated-activation": {"share": 0.4}}) == {"TCK606"}


def test_the_message_says_layer_share_steps_and_threshold() -> None:
    def train() -> None:
        net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
        nn.init.constant_(net[0].bias, 9.0)
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
        for _ in range(60):
            loss = net(torch.randn(16, 8)).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    (said,) = [alarm for alarm in alarms(watched(train)) if alarm.startswith("TCK606")]
    assert said == (
        "TCK606: At least 100% of the tanh outputs after `net.0` are pinned at its ends in the last 8 sampled steps "
        "(steps 4 to 20; 0% at the lower end, 100% at the upper one; accused from 70% on)."
    )

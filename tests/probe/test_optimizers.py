"""What an optimizer was built with, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import optim  # noqa: E402
from torch.optim import Adam  # noqa: E402

from tests.probe.loops import loss_of, net  # noqa: E402
from tests.probe.recorder import recorded  # noqa: E402
from torchcheck.facts.optimizer import OptimizerBuilt  # noqa: E402

HERE = str(Path(__file__).resolve())


class MyAdam(optim.Adam):
    def __init__(self, params: Any, **options: Any) -> None:
        options.setdefault("weight_decay", 0.5)
        super().__init__(params, **options)


def built(make: Any) -> OptimizerBuilt:
    (fact,) = recorded(make)[0].optimizers
    return fact


def line(fact: OptimizerBuilt) -> str:
    place = fact.place.span()
    assert place.filename == HERE
    return Path(HERE).read_text().splitlines()[place.start.row - 1]


@pytest.mark.parametrize(
    ("make", "kind", "spelling", "decay", "decoupled"),
    [
        (lambda p: Adam(p, weight_decay=0.1), "torch.optim.Adam", "Adam", (0.1,), False),
        (lambda p: optim.Adam(p), "torch.optim.Adam", "optim.Adam", (0,), False),
        (lambda p: torch.optim.AdamW(p), "torch.optim.AdamW", "torch.optim.AdamW", (0.01,), True),
        (lambda p: MyAdam(p), "torch.optim.Adam", "MyAdam", (0.5,), False),
        (lambda p: optim.SGD(p, lr=1), "torch.optim.SGD", "optim.SGD", (0,), False),
        (lambda p: Adam(p, decoupled_weight_decay=True), "torch.optim.Adam", "Adam", (0,), True),
        (lambda p: getattr(optim, "Adam")(p), "torch.optim.Adam", "Adam", (0,), False),  # noqa: B009
    ],
)
def test_class_spelling_and_decay(make: Any, kind: str, spelling: str, decay: Any, decoupled: bool) -> None:
    fact = built(lambda: make(list(net().parameters())))
    assert (fact.kind, fact.spelling, fact.weight_decay, fact.decoupled) == (kind, spelling, decay, decoupled)


class CallsParent(optim.Adam):
    def step(self, closure: Any = None) -> Any:
        self.param_groups[0]["lr"] *= 0.9
        return super().step(closure)


class DoesItself(optim.Adam):
    def step(self, closure: Any = None) -> Any:
        return None


@pytest.mark.parametrize(("kind", "told"), [(CallsParent, "torch.optim.Adam"), (DoesItself, f"{__name__}.DoesItself")])
def test_a_subclass_with_a_step_of_its_own_is_its_parent_if_it_calls_it(kind: Any, told: str) -> None:
    def train() -> None:
        model = net()
        optimizer = kind(model.parameters(), weight_decay=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    fact = built(train)
    assert fact.kind == told
    assert "optimizer = kind(" in line(fact)


def test_decay_is_known_group_by_group() -> None:
    model = net()
    groups = [{"params": [model[0].weight], "weight_decay": 0.3}, {"params": [model[0].bias]}]
    assert built(lambda: Adam(groups)).weight_decay == (0.3, 0)


def test_the_place_is_the_construction_also_of_a_subclass() -> None:
    assert "built(lambda: MyAdam(net()" in line(built(lambda: MyAdam(net().parameters())))


def test_a_construction_within_an_own_class_is_its_line() -> None:
    class Trainer:
        def __init__(self) -> None:
            self.optimizer = Adam(net().parameters())

    assert "self.optimizer = Adam(" in line(built(Trainer))


def test_an_optimizer_older_than_the_watch_is_told_at_its_first_step() -> None:
    model = net()
    optimizer = Adam(model.parameters(), weight_decay=0.1)

    def train() -> None:
        for _ in range(3):
            loss_of(model).backward()
            optimizer.step()

    fact = built(train)
    assert fact.weight_decay == (0.1,)
    assert "optimizer.step()" in line(fact)

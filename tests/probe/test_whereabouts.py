"""In which epoch and phase findings were seen: inferred from loaders, gradients and steps, and never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from torchcheck.finding import Finding, Lens, Level, Position, Span
from torchcheck.probe.observer import Observer
from torchcheck.probe.session import Session
from torchcheck.report.text import render

Seen = tuple[int, "int | None", "str | None"]
PLACE = Span("train.py", Position(1, 1), Position(1, 2))


class Teller(Observer):
    """Finds something at every event of these kinds."""

    def __init__(self, *events: str) -> None:
        for event in events:
            setattr(self, event, self._tell)

    def _tell(self, *args: Any) -> None:
        number = len(self.session.findings)
        place = Span("train.py", Position(number + 1, 1), Position(number + 1, 2))
        self.session.report([Finding("X", "x", Level.INFO, "", "", "", place, Lens.RUNTIME, step=self.session.step)])


class AtSteps(Teller):
    def before_step(self, *args: Any) -> None: ...


class AtCalls(Teller):
    def root_entered(self, *args: Any) -> None: ...


class AtEnd(Teller):
    def drive_closed(self, *args: Any) -> None: ...

    def end(self, *args: Any) -> None: ...


def seen(program: Any, teller: Teller) -> list[Seen]:
    torch.manual_seed(0)
    session = Session([], every=1, observers=[teller])
    session.start()
    try:
        program()
    finally:
        session.end()
    assert not session.remarks, session.remarks
    return [(f.step or 0, f.epoch, f.phase) for f in session.findings]


DATA = TensorDataset(torch.randn(12, 4), torch.randint(0, 2, (12,)))


def learn(net: nn.Module, optimizer: torch.optim.Optimizer, batches: Iterable[Any]) -> None:
    for x, y in batches:
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()


def made() -> tuple[nn.Module, torch.optim.Optimizer]:
    net = nn.Linear(4, 2)
    return net, torch.optim.SGD(net.parameters(), lr=0.1)


def epochs_of_one_loader() -> None:
    net, optimizer = made()
    loader = DataLoader(DATA, batch_size=4)
    for _ in range(3):
        learn(net, optimizer, loader)


def a_loader_for_each_epoch() -> None:
    net, optimizer = made()
    for _ in range(3):
        learn(net, optimizer, DataLoader(DATA, batch_size=4))


def epochs_that_are_broken_off() -> None:
    net, optimizer = made()
    loader = DataLoader(DATA, batch_size=2)
    for _ in range(3):
        for number, batch in enumerate(loader):
            learn(net, optimizer, [batch])
            if number == 2:
                break


def two_loaders_zipped() -> None:
    net, optimizer = made()
    one, two = DataLoader(DATA, batch_size=4), DataLoader(DATA, batch_size=4)
    for _ in range(3):
        learn(net, optimizer, (batch for batch, _ in zip(one, two, strict=True)))


@pytest.mark.parametrize(
    "program", [epochs_of_one_loader, a_loader_for_each_epoch, epochs_that_are_broken_off, two_loaders_zipped]
)
def test_epochs_are_counted_by_the_training_loader(program: Any) -> None:
    assert seen(program, AtSteps("before_step")) == [(step, step // 3 + 1, "training") for step in range(9)]


def test_no_epoch_is_said_where_nothing_tells() -> None:
    def tensors() -> None:
        net, optimizer = made()
        for _ in range(3):
            learn(net, optimizer, [DATA[:4]])

    def one_batch_at_a_time() -> None:
        net, optimizer = made()
        loader = DataLoader(DATA, batch_size=4)
        for _ in range(4):
            batch = next(iter(loader))
            learn(net, optimizer, [batch])

    assert seen(tensors, AtSteps("before_step")) == [(step, None, "training") for step in range(3)]
    assert {epoch for step, epoch, _ in seen(one_batch_at_a_time, AtSteps("before_step")) if step} == {None}


def test_the_epochs_of_another_fold_are_counted_anew() -> None:
    def folds() -> None:
        for _ in range(2):
            net, optimizer = made()
            for _ in range(2):
                learn(net, optimizer, DataLoader(DATA, batch_size=6))

    assert [epoch for _, epoch, _ in seen(folds, AtSteps("before_step"))] == [1, 1, 2, 2] * 2


def test_calls_are_told_apart_by_what_they_are_for() -> None:
    class Writer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(x)

        @torch.no_grad()
        def generate(self, x: Tensor) -> Tensor:
            for _ in range(2):
                x = self(x)
            return x

    def program() -> None:
        net, optimizer = made()
        loader, held_out, writer = DataLoader(DATA, batch_size=12), DataLoader(DATA, batch_size=12), Writer()
        with torch.no_grad():
            for x, _ in held_out:
                net(x)
        for _ in range(2):
            learn(net, optimizer, loader)
            with torch.no_grad():
                for x, _ in held_out:
                    net(x)
        writer.generate(x)

    found = seen(program, AtCalls("root_entered"))
    assert found == [
        (0, None, "evaluation"),
        (0, None, None),  # until its backward, the first batch of a training looks like any other
        (1, None, "validation"),
        (1, 2, "training"),
        (2, None, "validation"),
        (2, None, "generation"),
        (2, None, "generation"),
    ]


def test_a_validation_within_an_epoch_is_in_that_epoch() -> None:
    def program() -> None:
        net, optimizer = made()
        for _ in range(2):
            for batch in DataLoader(DATA, batch_size=6):
                learn(net, optimizer, [batch])
                with torch.no_grad():
                    for x, _ in DataLoader(DATA, batch_size=12):
                        net(x)

    found = seen(program, AtCalls("root_entered"))
    assert [(epoch, phase) for _, epoch, phase in found if phase == "validation"] == [
        (1, "validation"),
        (1, "validation"),
        (2, "validation"),
        (2, "validation"),
    ]


def test_what_is_told_afterwards_is_in_no_phase() -> None:
    found = seen(epochs_of_one_loader, AtEnd("drive_closed", "end"))
    assert {(epoch, phase) for _, epoch, phase in found} == {(None, None)}
    assert found


def test_the_report_shows_epoch_step_and_phase() -> None:
    def shown(**where: Any) -> str:
        finding = Finding("TCK605", "dead-units", Level.WARNING, "m", "w", "h", PLACE, Lens.RUNTIME, **where)
        assert Finding.from_json(finding.to_json()) == finding
        return next(line for line in render(finding).splitlines() if "= seen: " in line).partition("= seen: ")[2]

    assert shown(step=412, epoch=3, phase="training") == "at epoch 3, step 412, training"
    assert shown(step=412, phase="validation", module="net.fc") == "in `net.fc` at step 412, validation"
    assert shown(step=412) == "at step 412"
    assert "epoch" not in Finding("A", "a", Level.INFO, "", "", "", PLACE, Lens.RUNTIME, step=1).to_json()

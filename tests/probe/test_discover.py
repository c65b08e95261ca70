"""How things are called: the user's own names, found without being told."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402

from tests.probe.loops import loss_of, net  # noqa: E402
from torchcheck.finding import Span  # noqa: E402
from torchcheck.probe.session import Observer, Session  # noqa: E402

shared = nn.Linear(4, 1)


class Asks(Observer):
    """Asks for a name at each step; listens to forward calls so that the session knows the models."""

    def __init__(self, ask: Callable[[Any, Any], str]) -> None:
        self.ask = ask
        self.names: list[str] = []

    def before_root_forward(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        pass

    def after_step(self, optimizer: Any, place: Span) -> None:
        self.names.append(self.ask(self.session.names, optimizer))


def names(run: Callable[[], Any], ask: Callable[[Any, Any], str]) -> set[str]:
    asks = Asks(ask)
    session = Session([], observers=[asks])
    session.start()
    try:
        run()
    finally:
        session.end()
    assert session.remarks == []
    return set(asks.names)


def of_optimizer(known: Any, optimizer: Any) -> str:
    return str(known.optimizer(optimizer))


def of_first_parameter(known: Any, optimizer: Any) -> str:
    return str(known.tensor(optimizer.param_groups[0]["params"][0]))


def local() -> None:
    model = net()
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_of(model).backward()
    opt.step()


class Trainer:
    def __init__(self) -> None:
        self.net = net()
        self.opt_d = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def fit(self) -> None:
        self.net(torch.randn(2, 4)).mean().backward()
        self.opt_d.step()


def through_a_scaler() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu")
    scaler.scale(loss_of(model)).backward()
    scaler.step(optimizer)


def with_a_closure() -> None:
    model = net()
    solver = torch.optim.LBFGS(model.parameters())

    def closure() -> Tensor:
        solver.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    solver.step(closure)


def in_a_dict() -> None:
    model = net()
    opts = {"g": torch.optim.SGD(model.parameters(), lr=0.1)}
    loss_of(model).backward()
    opts["g"].step()


def without_a_forward() -> None:
    w = torch.ones(3, requires_grad=True)
    opt = torch.optim.SGD([w], lr=0.1)
    w.sum().backward()
    opt.step()


def of_a_global() -> None:
    opt = torch.optim.SGD(shared.parameters(), lr=0.1)
    nn.functional.linear(torch.ones(1, 4), shared.weight).sum().backward()
    opt.step()


@pytest.mark.parametrize(
    ("run", "optimizer", "parameter"),
    [
        (local, "opt", "model.0.weight"),
        (lambda: Trainer().fit(), "self.opt_d", "self.net.0.weight"),
        (through_a_scaler, "optimizer", "model.0.weight"),
        (with_a_closure, "solver", "model.0.weight"),
        (in_a_dict, "opts['g']", "model.0.weight"),
        (without_a_forward, "opt", "w"),
        (of_a_global, "opt", "shared.weight"),
    ],
)
def test_names_are_the_users(run: Callable[[], Any], optimizer: str, parameter: str) -> None:
    assert names(run, of_optimizer) == {optimizer}
    assert names(run, of_first_parameter) == {parameter}


def test_a_part_is_named_after_the_largest_model_that_holds_it() -> None:
    def run() -> None:
        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.encoder, self.head = nn.Linear(4, 4), nn.Linear(4, 1)

            def forward(self, x: Tensor) -> Tensor:
                out: Tensor = self.head(self.encoder(x))
                return out

        model = Net()
        opt = torch.optim.SGD(model.parameters(), lr=0.1)
        encoder = model.encoder
        encoder(torch.randn(2, 4))
        model(torch.randn(2, 4)).mean().backward()
        opt.step()

    assert names(run, of_first_parameter) == {"model.encoder.weight"}


def test_looking_for_a_name_keeps_no_local_alive() -> None:
    alive = []

    def run() -> None:
        w = torch.ones(3, requires_grad=True)
        big = torch.ones(1000)
        opt = torch.optim.SGD([w], lr=0.1)
        w.sum().backward()
        opt.step()
        alive.append(weakref.ref(big))
        del big
        gc.collect()
        alive.append(alive[0]() is None)

    assert names(run, of_first_parameter) == {"w"}
    assert alive[1] is True


def test_a_functions_own_locals_are_left_to_it() -> None:
    kept: dict[str, Any] = {}

    def run() -> None:
        width = 3
        settings = locals()
        w = torch.ones(width, requires_grad=True)
        opt = torch.optim.SGD([w], lr=0.1)
        w.sum().backward()
        opt.step()
        kept.update(settings)

    assert names(run, of_first_parameter) == {"w"}
    assert kept["width"] == 3

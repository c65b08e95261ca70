"""Losses without a gradient, updates by hand that torch stops, and graphs that are kept for nothing."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from tests.probe.loops import loss_of, net  # noqa: E402
from tests.probe.test_orphans import Net, Program, batch, into  # noqa: E402
from tests.probe.watched import alarms, watched  # noqa: E402

GONE: dict[str, Program] = {}  # TCK112
BY_HAND: dict[str, Program] = {}  # TCK206
KEPT: dict[str, Program] = {}  # TCK220
SPENT: dict[str, Program] = {}  # TCK212
RIGHT: dict[str, Program] = {}
RAISES: dict[str, Program] = {}  # for reasons of their own


@into(GONE)
def accuracy_as_loss() -> None:
    model = Net()
    x, y = batch()
    loss = 1 - (model(x).argmax(1) == y).float().mean()  # <-
    loss.backward()


@into(GONE)
def labels_against_labels() -> None:
    model = Net()
    x, y = batch()
    predicted = model(x).argmax(dim=1).float()  # <-
    F.mse_loss(predicted, y.float()).backward()


@into(GONE)
def loss_detached() -> None:
    model = Net()
    x, y = batch()
    loss = F.cross_entropy(model(x), y).detach()  # <-
    loss.backward()


@into(GONE)
def loss_made_anew() -> None:
    model = Net()
    x, y = batch()
    losses = [F.cross_entropy(model(x), y) for _ in range(2)]
    total = torch.tensor(losses).mean()  # <-
    total.backward()


@into(BY_HAND)
def weight_changed_in_place() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        w -= 0.1 * w.grad  # <-
        w.grad.zero_()


@into(BY_HAND)
def weight_rebound() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        w = w - 0.1 * w.grad  # <-


@into(BY_HAND)
def weight_rebound_and_gradient_cleared() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        w = w - w.grad * 0.1  # <-
        w.grad.zero_()


@into(BY_HAND)
def weight_rebound_without_gradients() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        with torch.no_grad():
            w = w - 0.1 * w.grad  # <-


@into(BY_HAND)
def parameters_of_a_model() -> None:
    model = net()
    for _ in range(3):
        model.zero_grad()
        loss_of(model).backward()
        for p in model.parameters():
            p.sub_(0.1 * p.grad)  # <-


@into(KEPT)
def kept_in_every_turn() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(6):
        optimizer.zero_grad()
        loss_of(model).backward(retain_graph=True)  # <-
        optimizer.step()


@into(KEPT)
def kept_by_the_second_of_two() -> None:
    one, two = net(), net()
    optimizer = torch.optim.Adam([*one.parameters(), *two.parameters()])
    for _ in range(6):
        optimizer.zero_grad()
        loss_of(one).backward()
        loss = loss_of(two)
        loss.backward(retain_graph=True)  # <-
        optimizer.step()


@into(KEPT)
def kept_with_a_detached_state() -> None:
    cell, out = nn.GRUCell(4, 8), nn.Linear(8, 1)
    optimizer = torch.optim.Adam([*cell.parameters(), *out.parameters()])
    h = torch.zeros(8, 8)
    for _ in range(6):
        optimizer.zero_grad()
        h = cell(torch.randn(8, 4), h.detach())
        out(h).pow(2).mean().backward(retain_graph=True)  # <-
        optimizer.step()


@into(KEPT)
def kept_by_torch_autograd() -> None:
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())
    for _ in range(6):
        optimizer.zero_grad()
        torch.autograd.backward(loss_of(model), retain_graph=True)  # <-
        optimizer.step()


def fit(model: nn.Module, optimizer: Any, clip: Any) -> None:
    for _ in range(3):
        optimizer.zero_grad()
        loss_of(model).backward()
        clip()
        optimizer.step()


@into(SPENT)
def clipped_with_what_the_optimizer_took() -> None:
    model = net()
    params = model.parameters()
    fit(model, torch.optim.SGD(params, lr=0.1), lambda: nn.utils.clip_grad_norm_(params, 1.0))  # <-


@into(SPENT)
def clipped_with_one_generator_in_every_turn() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    trained = (p for p in model.parameters() if p.requires_grad)
    fit(model, optimizer, lambda: nn.utils.clip_grad_norm_(trained, 1.0))  # <-


@into(SPENT)
def counted_before() -> None:
    params = net().parameters()
    print(sum(p.numel() for p in params))
    torch.optim.SGD(params, lr=0.1)  # <-


@into(SPENT)
def given_to_two_optimizers() -> None:
    params = net().parameters()
    torch.optim.SGD(params, lr=0.1)
    torch.optim.Adam(params=params)  # <-


@into(RIGHT)
def generators_of_their_own() -> None:
    model = net()
    fit(model, torch.optim.SGD(model.parameters(), lr=0.1), lambda: nn.utils.clip_grad_norm_(model.parameters(), 1.0))


@into(RIGHT)
def lists_of_parameters() -> None:
    model = net()
    params = list(model.parameters())
    fit(model, torch.optim.SGD(params, lr=0.1), lambda: nn.utils.clip_grad_norm_(params, 1.0))


@into(RIGHT)
def two_backwards_through_one_trunk() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(6):
        x, y = batch()
        optimizer.zero_grad()
        logits = model(x)
        F.cross_entropy(logits, y).backward(retain_graph=True)
        logits.pow(2).mean().backward()
        optimizer.step()


@into(RIGHT)
def kept_for_a_gradient_of_the_input() -> None:
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(6):
        x, y = batch()
        x.requires_grad_()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward(retain_graph=True)
        torch.autograd.grad(loss, x)
        optimizer.step()


@into(RIGHT)
def state_that_carries_its_graph() -> None:
    cell = nn.GRUCell(4, 8)
    h = torch.zeros(8, 8)
    for _ in range(6):
        cell.zero_grad()
        h = cell(torch.randn(8, 4), h)
        h.pow(2).mean().backward(retain_graph=True)


@into(RIGHT)
def graph_made_before_the_loop() -> None:
    scale, head = torch.ones(4, requires_grad=True), nn.Linear(4, 1)
    curve = (scale * torch.randn(32, 4)).exp()
    optimizer = torch.optim.SGD(head.parameters(), lr=0.001)
    for _ in range(6):
        optimizer.zero_grad()
        head(curve).pow(2).mean().backward(retain_graph=True)
        optimizer.step()


@into(RIGHT)
def gradients_of_gradients() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(6):
        optimizer.zero_grad()
        loss = loss_of(model)
        grads = torch.autograd.grad(loss, list(model.parameters()), create_graph=True)
        (loss + 0.01 * sum(g.pow(2).sum() for g in grads)).backward()
        optimizer.step()


@into(RIGHT)
def update_without_gradients() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad.zero_()


@into(RIGHT)
def rebound_and_a_leaf_again() -> None:
    w = torch.randn(4, 1, requires_grad=True)
    for _ in range(3):
        (torch.randn(8, 4) @ w).pow(2).mean().backward()
        w = (w - 0.1 * w.grad).detach().requires_grad_()


@into(RAISES)
def everything_is_frozen() -> None:
    model = Net().requires_grad_(False)
    x, y = batch()
    F.cross_entropy(model(x), y).backward()


@into(RAISES)
def gradients_are_off() -> None:
    model = Net()
    x, y = batch()
    with torch.no_grad():
        loss = F.cross_entropy(model(x), y)
    loss.backward()


@into(RAISES)
def a_parameter_that_no_loss_reaches() -> None:
    w, other = torch.randn(4, requires_grad=True), torch.randn(4, requires_grad=True)
    w.sum().backward()
    other = other.detach().requires_grad_()
    print(0.1 * other.grad)


@into(RAISES)
def something_that_is_none() -> None:
    def nothing() -> Any:
        return None

    x: Tensor = nothing()
    print(x + 1)


BAD = {"TCK112": GONE, "TCK206": BY_HAND, "TCK212": SPENT, "TCK220": KEPT}


@pytest.mark.parametrize(
    ("code", "program"),
    [pytest.param(code, program, id=name) for code, table in BAD.items() for name, program in table.items()],
)
def test_the_mistake_is_named_at_its_line(code: str, program: Program) -> None:
    (found,) = watched(program)
    assert found.code == code
    assert linecache.getline(found.filename, found.row).rstrip().endswith("# <-")


@pytest.mark.parametrize("program", {**RIGHT, **RAISES}.values(), ids={**RIGHT, **RAISES})
def test_what_is_right_or_raises_for_another_reason_is_left_alone(program: Program) -> None:
    assert alarms(watched(program)) == []

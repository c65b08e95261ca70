"""Clipping, scaling and stepping in the wrong order, seen from the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from tests.probe.loops import loss_of, net  # noqa: E402
from tests.probe.test_orphans import Program, into  # noqa: E402
from tests.probe.watched import alarms, watched  # noqa: E402

CLIPPED: dict[str, Program] = {}  # TCK210
STILL_SCALED: dict[str, Program] = {}  # TCK211
EMPTY: dict[str, Program] = {}  # TCK204
PAST: dict[str, Program] = {}  # TCK221
RIGHT: dict[str, Program] = {}
STEPS = 6


def run(turn: Callable[[nn.Module, Any], Any], kind: Any = torch.optim.SGD) -> None:
    model = net()
    optimizer = kind(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        turn(model, optimizer)


def scaler(**options: Any) -> Any:
    return torch.amp.GradScaler("cpu", init_scale=256.0, **options)


# Clipping


@into(CLIPPED)
def clip_after_the_step() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)

    run(turn)


@into(CLIPPED)
def clip_before_the_backward() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        loss_of(model).backward()
        optimizer.step()

    run(turn, torch.optim.Adam)


@into(CLIPPED)
def clip_zeros_before_the_backward() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad(set_to_none=False)
        torch.nn.utils.clip_grad_value_(list(model.parameters()), 0.5)
        loss_of(model).backward()
        optimizer.step()

    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_of(model).backward()
    for _ in range(STEPS):
        turn(model, optimizer)


@into(CLIPPED)
def clip_values_where_there_are_none() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)
        loss_of(model).backward()
        optimizer.step()
        optimizer.zero_grad()

    run(turn)


@into(STILL_SCALED)
def clip_scaled_gradients() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale.step(optimizer)
        scale.update()

    run(turn)


@into(STILL_SCALED)
def clip_values_of_scaled_gradients() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        scale.scale(loss_of(model)).backward()
        torch.nn.utils.clip_grad_value_(model.parameters(), 1.0)
        scale.step(optimizer)
        scale.update()
        optimizer.zero_grad(set_to_none=False)

    run(turn, torch.optim.AdamW)


@into(STILL_SCALED)
def clip_scaled_sums() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        for _ in range(2):
            scale.scale(loss_of(model) / 2).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale.step(optimizer)
        scale.update()
        optimizer.zero_grad()

    run(turn)


@into(STILL_SCALED)
def unscale_too_late() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale.unscale_(optimizer)
        scale.step(optimizer)
        scale.update()

    run(turn)


# Steps without gradients


@into(EMPTY)
def no_backward_at_all() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model)
        optimizer.step()

    run(turn)


@into(EMPTY)
def no_backward_and_a_scheduler() -> None:
    model = net()
    optimizer = torch.optim.Adam(model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model)
        optimizer.step()
        scheduler.step()


@into(EMPTY)
def two_steps_for_one_backward() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
        optimizer.step()

    run(turn, torch.optim.Adam)


@into(EMPTY)
def a_step_in_a_helper_and_one_behind_it() -> None:
    def helper(model: nn.Module, optimizer: Any) -> None:
        loss_of(model).backward()
        optimizer.step()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        helper(model, optimizer)
        optimizer.step()

    run(turn)


# Past the scaler


@into(PAST)
def step_by_itself() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        optimizer.step()

    run(turn, torch.optim.Adam)


@into(PAST)
def step_by_itself_and_update() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        optimizer.step()
        scale.update()

    run(turn)


@into(PAST)
def never_updated() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        scale.step(optimizer)

    run(turn)


@into(PAST)
def never_scaled() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model).backward()
        scale.step(optimizer)
        scale.update()

    run(turn)


# Right


@into(RIGHT)
def clip_between() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    run(turn)


@into(RIGHT)
def norms_measured_after_the_step() -> None:
    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), float("inf"))

    run(turn)


@into(RIGHT)
def one_clip_for_two_optimizers() -> None:
    one, two = net(), net()
    opt_1, opt_2 = torch.optim.SGD(one.parameters(), lr=0.01), torch.optim.SGD(two.parameters(), lr=0.01)
    for _ in range(STEPS):
        for model, optimizer in ((one, opt_1), (two, opt_2)):
            optimizer.zero_grad()
            loss_of(model).backward()
            nn.utils.clip_grad_norm_([*one.parameters(), *two.parameters()], 1.0)
            optimizer.step()


@into(RIGHT)
def unscaled_then_clipped() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        scale.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale.step(optimizer)
        scale.update()

    run(turn)


@into(RIGHT)
def a_scaler_that_is_off() -> None:
    scale = scaler(enabled=False)

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        scale.scale(loss_of(model)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scale.step(optimizer)
        scale.update()

    run(turn)


@into(RIGHT)
def one_update_for_two_optimizers() -> None:
    scale, one, two = scaler(), net(), net()
    opt_1, opt_2 = torch.optim.SGD(one.parameters(), lr=0.01), torch.optim.SGD(two.parameters(), lr=0.01)
    for _ in range(STEPS):
        opt_1.zero_grad()
        opt_2.zero_grad()
        scale.scale(loss_of(one)).backward()
        scale.scale(loss_of(two)).backward()
        scale.step(opt_1)
        scale.step(opt_2)
        scale.update()


@into(RIGHT)
def sum_of_scaled_losses() -> None:
    scale = scaler()

    def turn(model: nn.Module, optimizer: Any) -> None:
        optimizer.zero_grad()
        (scale.scale(loss_of(model)) + scale.scale(loss_of(model))).backward()
        scale.step(optimizer)
        scale.update()

    run(turn)


@into(RIGHT)
def closure_of_lbfgs() -> None:
    model = net()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=4)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    for _ in range(4):
        optimizer.step(closure)


@into(RIGHT)
def what_a_schedule_looks_like() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    for _ in range(STEPS):
        optimizer.step()
        scheduler.step()


@into(RIGHT)
def gradients_set_by_hand() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        loss = loss_of(model)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        for p, g in zip(model.parameters(), grads, strict=True):
            p.grad = g
        optimizer.step()


@into(RIGHT)
def second_step_with_new_gradients_written_over() -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
        with torch.no_grad():
            for p in model.parameters():
                p.grad.copy_(torch.randn_like(p))
        optimizer.step()


@into(RIGHT)
def two_optimizers_that_update_one_scaler_each_after_its_own_step() -> None:
    first, second = net(), net()
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.01) for m in (first, second)]
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
    for _ in range(STEPS):
        for model, optimizer in zip((first, second), optimizers, strict=True):
            optimizer.zero_grad()
            scaler.scale(loss_of(model)).backward()
            scaler.step(optimizer)
            scaler.update()


@into(PAST)
def an_update_after_each_step_and_one_more() -> None:
    first, second = net(), net()
    optimizers = [torch.optim.SGD(m.parameters(), lr=0.01) for m in (first, second)]
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
    for _ in range(STEPS):
        for optimizer in optimizers:
            optimizer.zero_grad()
        scaler.scale(loss_of(first) + loss_of(second)).backward()
        for optimizer in optimizers:
            scaler.step(optimizer)
        scaler.update()
        scaler.update()


BAD = {"TCK204": EMPTY, "TCK210": CLIPPED, "TCK211": STILL_SCALED, "TCK221": PAST}


@pytest.mark.parametrize(
    ("code", "program"),
    [pytest.param(code, program, id=name) for code, table in BAD.items() for name, program in table.items()],
)
def test_the_mistake_is_named_and_nothing_else(code: str, program: Program) -> None:
    assert {said.split(":")[0] for said in alarms(watched(program))} == {code}


@pytest.mark.parametrize("program", RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_silent(program: Program) -> None:
    assert alarms(watched(program)) == []

"""Gradients of several backwards for one step, seen from the run: divided, cleared, clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.probe.test_orphans import Net, Program, batch, into  # noqa: E402
from tests.probe.watched import alarms, watched  # noqa: E402

UNDIVIDED: dict[str, Program] = {}  # TCK217
CLEARED: dict[str, Program] = {}  # TCK218
CLIPPED: dict[str, Program] = {}  # TCK210
RIGHT: dict[str, Program] = {}
EVERY = 4


def setting(kind: Any = torch.optim.SGD) -> tuple[nn.Module, Any]:
    model = Net()
    return model, kind(model.parameters(), lr=0.01)


def batches() -> Iterator[tuple[int, Any, Any]]:
    for i in range(1, 4 * EVERY + 1):
        yield (i, *batch())


@into(UNDIVIDED)
def undivided() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        F.cross_entropy(model(x), y).backward()
        if i % EVERY == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(UNDIVIDED)
def undivided_sum_of_two() -> None:
    model, optimizer = setting(torch.optim.Adam)
    for i, x, y in batches():
        logits = model(x)
        loss = F.cross_entropy(logits, y) + logits.pow(2).mean()
        loss.backward()
        if (i + 1) % EVERY == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(UNDIVIDED)
def undivided_and_clipped() -> None:
    model, optimizer = setting(torch.optim.AdamW)
    for i, x, y in batches():
        F.cross_entropy(model(x), y).backward()
        if i % EVERY == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)


@into(UNDIVIDED)
def undivided_with_a_scaler() -> None:
    model, optimizer = setting()
    scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
    for i, x, y in batches():
        scaler.scale(F.cross_entropy(model(x), y)).backward()
        if i % EVERY != 0:
            continue
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()


def cleared(clear: Callable[[nn.Module, Any], Any], kind: Any = torch.optim.SGD) -> None:
    model, optimizer = setting(kind)
    for i, x, y in batches():
        clear(model, optimizer)
        (F.cross_entropy(model(x), y) / EVERY).backward()
        if i % EVERY == 0:
            optimizer.step()


@into(CLEARED)
def cleared_in_every_turn() -> None:
    cleared(lambda model, optimizer: optimizer.zero_grad())


@into(CLEARED)
def cleared_by_the_model() -> None:
    cleared(lambda model, optimizer: model.zero_grad(), torch.optim.Adam)


@into(CLEARED)
def zeroed_in_every_turn() -> None:
    cleared(lambda model, optimizer: optimizer.zero_grad(set_to_none=False), torch.optim.RMSprop)


@into(CLEARED)
def cleared_in_an_inner_loop() -> None:
    model, optimizer = setting()
    for _ in range(4):
        for _ in range(8):
            x, y = batch()
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y) / 8
            loss.backward()
        optimizer.step()


@into(CLIPPED)
def clipped_in_every_turn() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        (F.cross_entropy(model(x), y) / EVERY).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if i % EVERY == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(RIGHT)
def divided() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        (F.cross_entropy(model(x), y) / EVERY).backward()
        if i % EVERY == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()


@into(RIGHT)
def weighted_sum() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        logits = model(x)
        (0.25 * F.cross_entropy(logits, y) + 0.01 * logits.pow(2).mean()).backward()
        if i % EVERY == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(RIGHT)
def summed_over_samples() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        F.cross_entropy(model(x), y, reduction="sum").backward()
        if i % EVERY == 0:
            optimizer.step()
            optimizer.zero_grad()


@into(RIGHT)
def gradients_divided() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        F.cross_entropy(model(x), y).backward()
        if i % EVERY == 0:
            for p in model.parameters():
                p.grad /= EVERY
            optimizer.step()
            optimizer.zero_grad()


@into(RIGHT)
def losses_of_several_tasks() -> None:
    model, optimizer = setting()
    for _ in range(5):
        optimizer.zero_grad()
        for _ in range(3):
            x, y = batch()
            F.cross_entropy(model(x), y).backward()
        optimizer.step()


@into(RIGHT)
def critic_more_often_than_generator() -> None:
    generator, critic = nn.Linear(4, 4), Net()
    opt_g, opt_d = torch.optim.Adam(generator.parameters()), torch.optim.Adam(critic.parameters())
    for i in range(16):
        x, _ = batch()
        opt_d.zero_grad()
        (critic(generator(x).detach()).mean() - critic(x).mean()).backward()
        opt_d.step()
        if i % EVERY == 0:
            opt_g.zero_grad()
            (-critic(generator(x)).mean()).backward()
            opt_g.step()


@into(RIGHT)
def logging_every_few_steps() -> None:
    model, optimizer = setting()
    for i, x, y in batches():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if i % EVERY == 0:
            loss.item()


BAD = {"TCK210": CLIPPED, "TCK217": UNDIVIDED, "TCK218": CLEARED}


@pytest.mark.parametrize(
    ("code", "program"),
    [pytest.param(code, program, id=name) for code, table in BAD.items() for name, program in table.items()],
)
def test_the_mistake_is_named_and_nothing_else(code: str, program: Program) -> None:
    assert {said.split(":")[0] for said in alarms(watched(program))} == {code}


@pytest.mark.parametrize("program", RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_silent(program: Program) -> None:
    assert alarms(watched(program)) == []


def test_the_count_is_told_as_the_user_writes_it() -> None:
    (found,) = watched(undivided)
    assert found.message == (
        "Each step of `optimizer` uses the gradients of `EVERY` losses added up, and none of them is divided by "
        "`EVERY`."
    )

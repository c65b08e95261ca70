"""TCK221: a gradient scaler of which only a part is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.crash import Crash

_CRASHES = {
    "No inf checks were recorded prior to update": (
        "The scaler has nothing to update from: no `scaler.step(optimizer)` has come since it was updated last."
    ),
    "step() has already been called since the last update()": (
        "The scaler steps a second time, and was not updated in between."
    ),
    "may indicate your script did not use scaler.scale": "The scaler steps, but no loss was ever scaled.",
    "No inf checks were recorded for this optimizer": (
        "The scaler steps an optimizer that no scaled loss has given gradients."
    ),
}
"""What torch says, and what it means."""


class ScalerBypassed(Rule):
    """A loss is scaled and the optimizer steps by itself, a loss is not scaled and the scaler steps, the scaler is
    never updated, or it is updated twice for one step.

    Two ways of training under a flag, a scaler that serves several optimizers, gradients that were unscaled before a
    step without the scaler, and an update in code that is not seen are not accused.
    """

    code = "TCK221"
    name = "scaler-bypassed"
    level = Level.ERROR
    why = (
        "Only `scale`, `step` and `update` together keep the factor out of the weights, skip a step with overflown "
        "gradients, and adapt the factor."
    )
    help = "Use `scaler.scale(loss).backward()`, `scaler.step(optimizer)`, `scaler.update()`, each once a step."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    optimizer.step()
    scaler.update()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    print(loss.item())
    scaler.update()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
generator, critic = nn.Linear(2, 4), nn.Linear(4, 1)
optimizer_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
optimizer_c = torch.optim.Adam(critic.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
real = torch.randn(16, 4)
for _ in range(5):
    fake = generator(torch.randn(16, 2))
    optimizer_c.zero_grad()
    loss_c = critic(fake.detach()).mean() - critic(real).mean() + critic(real).pow(2).mean()
    scaler.scale(loss_c).backward()
    scaler.step(optimizer_c)
    optimizer_g.zero_grad()
    scaler.scale(-critic(fake).mean()).backward()
    scaler.step(optimizer_g)
    scaler.update()
""",
    )

    def crash(self, fact: Crash) -> Iterable[Found]:
        for text, message in _CRASHES.items():
            if text in fact.text and not fact.is_explained:
                yield Found(message=message, at=fact.place, step=fact.step)

    def order(self, fact: StepTrace) -> Iterable[Found]:
        mistake = next(_mistakes(fact), None)
        if mistake is not None:
            yield mistake


def _mistakes(fact: StepTrace) -> Iterator[Found]:
    name = fact.optimizer
    past = _direct_step(fact.events)
    if past is not None:
        yield Found(
            message=f"`{name}` steps past the scaler, with gradients of a loss that the scaler has scaled.",
            at=past.place,
            step=past.step,
            help="Step with `scaler.step(optimizer)`, which unscales the gradients, and with nothing else.",
        )
    steps = [event for event in fact.events if event.act is Act.STEP]
    if not steps or not all(event.scaled and event.certain for event in steps):
        return
    backwards = [event for event in fact.events if event.act is Act.BACKWARD]
    if backwards and all(event.certain and event.scaled is False for event in backwards):
        yield Found(
            message=f"The scaler steps `{name}`, but this loss was never scaled.",
            at=backwards[0].place,
            step=backwards[0].step,
            help="Call `scaler.scale(loss).backward()`.",
        )
    if not any(event.act in (Act.UPDATE_SCALE, Act.UNKNOWN) for event in fact.events):
        yield Found(
            message=f"The scaler steps `{name}` and is never updated.",
            at=steps[0].place,
            step=steps[0].step,
            help="Call `scaler.update()` once after the step.",
        )
    again = _second_update(fact.events)
    if again is not None:
        yield Found(
            message="The scaler is updated a second time for one step.",
            at=again.place,
            step=again.step,
            help="Call `scaler.update()` once, after the steps of all optimizers.",
        )


def _direct_step(events: Iterable[Event]) -> Event | None:
    """A step without the scaler, with gradients that carry its factor."""
    scaled = False
    for event in events:
        if event.act is Act.BACKWARD:
            scaled = event.certain and event.scaled is True
        elif event.act is Act.STEP and event.scaled is False and event.certain:
            if scaled:
                return event
        elif event.act in (Act.UNSCALE, Act.UNKNOWN, Act.BY_HAND):
            scaled = False
    return None


def _second_update(events: Iterable[Event]) -> Event | None:
    """An update that follows an update with no step between."""
    updated = False
    for event in events:
        if event.act is Act.STEP:
            updated = False
        elif event.act is Act.UPDATE_SCALE:
            if updated and event.certain:
                return event
            updated = event.certain
        elif event.act is Act.UNKNOWN:
            updated = False
    return None

"""TCK211: gradients are clipped while they still carry the scaler's factor."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ClipWithoutUnscale(Rule):
    """Gradients are clipped between `scaler.scale(loss).backward()` and `scaler.step(optimizer)`, and nothing has
    unscaled them.

    `scaler.unscale_(optimizer)` under a flag, clipping that Accelerate, Fabric or a sharded model does (they unscale
    themselves), an infinite limit (it only measures), and a step that takes no scaler are not accused.
    """

    code = "TCK211"
    name = "clip-without-unscale"
    level = Level.ERROR
    why = (
        "The gradients are still multiplied by the scaler's factor (65536 at first), so a limit of 1 leaves a few "
        "hundred-thousandths of the true gradient, and how much changes with the factor."
    )
    help = "Call `scaler.unscale_(optimizer)` between the backward and the clipping."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
""",
        """\
import torch
from torch import nn


def train_step(model, optimizer, scaler, x, y, max_norm=1.0):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    if max_norm is not None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    train_step(model, optimizer, scaler, x, y)
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
""",
    )

    def order(self, fact: StepTrace) -> Iterable[Found]:
        clip = _scaled_clip(fact.events)
        if clip is not None:
            yield Found(
                message=f"The gradients of `{fact.optimizer}` are clipped while they carry the scaler's factor.",
                at=clip.place,
                step=clip.step,
                fix=fact.insert_unscale,
            )


def _scaled_clip(events: Iterable[Event]) -> Event | None:
    """The first clipping of scaled gradients that a step through the scaler then uses."""
    scaled = False
    clip: Event | None = None
    for event in events:
        if event.act is Act.BACKWARD:
            scaled, clip = event.certain and event.scaled is True, None
        elif event.act is Act.CLIP:
            clip = clip or (event if scaled and event.certain else None)
        elif event.act is Act.STEP:
            if clip is not None and event.certain and event.scaled:
                return clip
            scaled, clip = False, None
        elif event.act is Act.UNSCALE:
            scaled = False
        elif event.act in (Act.CLEAR, Act.UNKNOWN, Act.BY_HAND):
            scaled, clip = False, None
    return None

"""TCK210: gradients are clipped where clipping does nothing, or too early."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchcheck.facts.accumulation import Accumulation
from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

if TYPE_CHECKING:
    from torchcheck.facts.crash import Crash

_NOTHING_TO_CLIP = "Expected !nested_tensorlist[0].empty()"
"""What `clip_grad_value_` raises."""


class ClipOutOfOrder(Rule):
    """Gradients are clipped before the backward, after the step that should have used the clipped ones, or after each
    of several backwards that are added up for one step.

    Clipping between backward and step, once for the sum of several backwards, and a call with an infinite limit (it
    measures the norm) are right.
    """

    code = "TCK210"
    name = "clip-out-of-order"
    level = Level.ERROR
    why = "The step uses gradients that were not clipped, or clipped several times, so the limit is not what you set."
    help = "Clip once, after the last backward and before the step."
    bad = (
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
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    nn.utils.clip_grad_value_(model.parameters(), 0.5)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
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
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    loss = nn.functional.mse_loss(model(xb), yb) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
""",
    )

    def crash(self, fact: Crash) -> Iterable[Found]:
        if _NOTHING_TO_CLIP in fact.text:
            yield Found(
                message="No parameter has a gradient when they are clipped here.", at=fact.place, step=fact.step
            )

    def order(self, fact: StepTrace) -> Iterable[Found]:
        idle = _idle_clip(fact.events)
        if idle is None:
            return
        clip, before = idle
        where = before.place.span()
        if before.act is Act.STEP:
            reason = f"the step of `{fact.optimizer}` ({where}) has already used them"
        else:
            reason = f"they were cleared ({where}) and no backward has made new ones yet"
        yield Found(
            message=f"The gradients are clipped where it changes nothing: {reason}.",
            at=clip.place,
            step=clip.step,
        )

    def accumulation(self, fact: Accumulation) -> Iterable[Found]:
        if fact.clip is None or fact.clear is not None:
            return
        yield Found(
            message=(
                f"The gradients are clipped in every turn, though the step of `{fact.optimizer}` "
                f"({fact.step.span()}) uses the sum of several: what came first is shrunk again and again."
            ),
            at=fact.clip,
        )


def _idle_clip(events: Iterable[Event]) -> tuple[Event, Event] | None:
    """The first clipping of no new gradients, with the step or the clear that it comes after.

    None where gradients are clipped in the right place too.
    """
    before: Event | None = None
    fresh = False
    idle: tuple[Event, Event] | None = None
    for event in events:
        if event.act is Act.BACKWARD:
            fresh, before = True, None
        elif event.act is Act.STEP:
            fresh, before = False, event if event.certain and fresh else None
        elif event.act is Act.CLEAR:
            fresh, before = False, before or (event if event.certain else None)
        elif event.act in (Act.UNKNOWN, Act.BY_HAND):
            fresh, before = False, None
        elif event.act is Act.CLIP:
            if fresh:
                return None
            if before is not None and event.certain:
                idle = idle or (event, before)
    return idle

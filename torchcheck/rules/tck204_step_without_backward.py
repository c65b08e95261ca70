"""TCK204: a step with no new gradients."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class StepWithoutBackward(Rule):
    """The optimizer steps though nothing has computed gradients since its last step: the backward is missing, or the
    step is there twice.

    A closure that computes them, gradients written to `p.grad`, a backward in code that is not seen, and loops without
    a loss (drawing a learning-rate schedule, testing an optimizer) are not accused.
    """

    code = "TCK204"
    name = "step-without-backward"
    level = Level.ERROR
    why = "The step has no new gradients: it does nothing, or it applies old ones a second time."
    help = "Call `loss.backward()` before each `optimizer.step()`."
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
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    scheduler.step()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)


def closure():
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    return loss


for _ in range(3):
    optimizer.step(closure)
""",
        """\
import torch
from torch import nn

model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
rates = []
for _ in range(20):  # what the schedule looks like
    optimizer.step()
    rates.append(scheduler.get_last_lr())
    scheduler.step()
""",
    )

    def order(self, fact: StepTrace) -> Iterable[Found]:
        if fact.starved:
            step = next((event for event in fact.events if event.act is Act.STEP and event.certain), None)
            if step is not None:
                yield Found(
                    message=f"`{fact.optimizer}` steps here, but nothing computes gradients for it: the backward is "
                    "missing, or cut off from its weights.",
                    at=step.place,
                    step=step.step,
                )
            return
        twice = _second_step(fact.events)
        if twice is not None:
            first, second = twice
            yield Found(
                message=(
                    f"`{fact.optimizer}` steps again with the gradients that its step at {first.place.span()} "
                    "has already used."
                ),
                at=second.place,
                help="Step once after each backward.",
                step=second.step,
            )


def _second_step(events: Iterable[Event]) -> tuple[Event, Event] | None:
    """Two steps after one backward, both by the same means."""
    fresh = False
    first: Event | None = None
    for event in events:
        if event.act is Act.BACKWARD:
            fresh, first = event.certain, None
        elif event.act is Act.STEP:
            alike = first is not None and event.certain and event.scaled == first.scaled
            if alike and first is not None and event.place.span() != first.place.span():
                return first, event
            first = event if fresh and event.certain else None
            fresh = False
        elif event.act in (Act.UNKNOWN, Act.BY_HAND):
            fresh, first = False, None
    return None

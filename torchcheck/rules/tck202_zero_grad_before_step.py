"""TCK202: gradients cleared between backward and step."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ZeroGradBeforeStep(Rule):
    """Gradients are cleared after the backward and before the step that should have used them.

    Clearing the gradients of another optimizer there (GAN), and clearing between two backwards (SAM, adversarial
    examples), are right and not accused.
    """

    code = "TCK202"
    name = "zero-grad-before-step"
    level = Level.ERROR
    why = "The step finds no gradients, so the weights never move (or only weight decay and old momentum move them)."
    help = "Clear the gradients before the backward or after the step, never in between."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def fit(self, x, y):
        for _ in range(5):
            loss = nn.functional.mse_loss(self.model(x), y)
            loss.backward()
            self.model.zero_grad()
            self.optimizer.step()


torch.manual_seed(0)
Trainer(nn.Linear(4, 1)).fit(torch.randn(32, 4), torch.randn(32, 1))
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
optimizer.zero_grad()
for _ in range(5):
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
generator, critic = nn.Linear(2, 4), nn.Linear(4, 1)
optimizer_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
optimizer_c = torch.optim.Adam(critic.parameters(), lr=1e-3)
real = torch.randn(16, 4)
for _ in range(5):
    optimizer_g.zero_grad()
    loss_g = -critic(generator(torch.randn(16, 2))).mean()
    loss_g.backward()
    optimizer_c.zero_grad()
    optimizer_g.step()
    fake = generator(torch.randn(16, 2)).detach()
    loss_c = critic(fake).mean() - critic(real).mean() + critic(real).pow(2).mean()
    loss_c.backward()
    optimizer_c.step()
""",
    )

    def steps(self, fact: StepTrace) -> Iterable[Found]:
        lost = _lost_clear(fact.events)
        if lost is None:
            return
        clear, step = lost
        yield Found(
            message=(
                f"The gradients are cleared here, after the backward and before the step of `{fact.optimizer}` "
                f"({step.place.span()}) could use them."
            ),
            at=clear.place,
            step=step.step,
            fix=fact.move_clear,
        )


def _lost_clear(events: Iterable[Event]) -> tuple[Event, Event] | None:
    """The first clear that takes fresh gradients away from the step that follows, with that step."""
    fresh = False
    clear: Event | None = None
    for event in events:
        if event.act is Act.BACKWARD:
            fresh, clear = event.certain, None
        elif event.act is Act.CLEAR:
            clear = event if fresh and event.certain else clear
            fresh = False
        elif event.act is Act.STEP:
            if clear is not None and event.certain:
                return clear, event
            fresh = False
        elif event.act in (Act.UNKNOWN, Act.BY_HAND):
            fresh, clear = False, None
    return None

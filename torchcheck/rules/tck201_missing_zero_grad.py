"""TCK201: gradients pile up because nothing clears them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torchcheck.facts.step import Act, Event, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class MissingZeroGrad(Rule):
    """A backward adds to gradients that a step has already used, and the next step uses the sum.

    Gradient accumulation (several backwards, then a step, then a clear) is right, and so is every way of clearing:
    `zero_grad` of the optimizer or the model, `p.grad = None`, `p.grad.zero_()`, an optimizer that clears its own.
    Gradients that pile up in the other network of a GAN are no mistake as long as they are cleared before that
    network's own step.
    """

    code = "TCK201"
    name = "missing-zero-grad"
    level = Level.ERROR
    why = (
        "Torch adds gradients up, so every step follows the sum of all past gradients: a huge, stale momentum that "
        "learns slowly or diverges."
    )
    help = "Call `optimizer.zero_grad()` once a step, before the backward (or right after the step)."
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
    optimizer.step()
""",
        """\
import torch
from torch import nn


def train_step(model, optimizer, x, y):
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(5):
    print(train_step(model, optimizer, x, y))
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
for i, (xb, yb) in enumerate(zip(x.split(4), y.split(4))):
    loss = nn.functional.mse_loss(model(xb), yb) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(5):
    for p in model.parameters():
        p.grad = None
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
""",
    )

    def steps(self, fact: StepTrace) -> Iterable[Found]:
        stale = list(_stale_backwards(fact.events))
        if not stale:
            return
        backward, step = stale[-1]
        yield Found(
            message=(
                f"This backward adds to gradients that {_step_phrase(fact, step)} has already used: "
                "nothing clears them in between."
            ),
            at=backward.place,
            step=backward.step,
            fix=fact.insert_clear,
            evidence={} if backward.step is None else {"steps_seen": len(stale)},
        )


def _stale_backwards(events: Iterable[Event]) -> Iterator[tuple[Event, Event]]:
    """Each backward onto used gradients that a step then uses again, with the step that had used them first.

    Of several, the last before the step: in a GAN it is the network's own, after the other network's, which may add to
    gradients that are cleared later.
    """
    used: Event | None = None  # the step that used the gradients which are there now
    piled: tuple[Event, Event] | None = None
    fresh = False
    for event in events:
        if event.act in (Act.CLEAR, Act.UNKNOWN):
            used, piled, fresh = None, None, False
        elif event.act is Act.BACKWARD:
            fresh = True
            if used is not None and event.certain:
                piled = event, used
        elif event.act is Act.STEP:
            if piled is not None and event.certain:
                yield piled
            used, piled = (event if fresh and event.certain else None), None


def _step_phrase(fact: StepTrace, step: Event) -> str:
    return f"the step of `{fact.optimizer}` ({step.place.span()})"

"""TCK203: gradients are computed and no step uses them."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.step import Act, StepTrace
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule

_EXCUSES = (Act.STEP, Act.UNKNOWN, Act.BY_HAND)


class MissingOptimizerStep(Rule):
    """Backward follows backward and the optimizer never steps, or only in a branch beside the scheduler's step.

    A scheduler's `step()` changes the learning rate, not the weights. `scaler.step(optimizer)`, weights updated by
    hand, a step that comes after several backwards (accumulation), and gradients computed for another purpose
    (saliency, adversarial examples) are right and not accused.
    """

    code = "TCK203"
    name = "missing-optimizer-step"
    level = Level.ERROR
    why = "Only the optimizer's step changes the weights: without it the loss stays where it started."
    help = "Call `optimizer.step()` after the backward, in every branch."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    if scheduler is not None:
        scheduler.step()
    else:
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
x, y = torch.randn(64, 4), torch.randn(64, 1)
for xb, yb in zip(x.split(4), y.split(4)):
    loss = nn.functional.mse_loss(model(xb), yb) / 16
    loss.backward()
optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 3))
images, labels = torch.randn(32, 4), torch.randint(0, 3, (32,))
for image, label in zip(images, labels):  # saliency of a trained model: no optimizer
    image = image.clone().requires_grad_()
    model.zero_grad()
    nn.functional.cross_entropy(model(image[None]), label[None]).backward()
    saliency = image.grad.abs()
""",
    )

    def steps(self, fact: StepTrace) -> Iterable[Found]:
        if not fact.never_steps or any(event.act in _EXCUSES for event in fact.events):
            return
        backwards = [event for event in fact.events if event.act is Act.BACKWARD and event.certain]
        if len(backwards) < 2:
            return
        schedule = next((event for event in fact.events if event.act is Act.SCHEDULE), None)
        yield Found(
            message=f"Gradients are computed again and again, but `{fact.optimizer}` never steps{_beside(schedule)}.",
            at=backwards[0].place,
            step=backwards[-1].step,
            evidence={} if backwards[0].step is None else {"backwards": len(backwards)},
        )


def _beside(schedule: object) -> str:
    return " where the scheduler does" if schedule is not None else ""

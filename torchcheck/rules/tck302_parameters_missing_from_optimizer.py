"""TCK302: a trainable module takes part in the loss, and no optimizer has its parameters."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.training import Lost, OptimizerUsed
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class ParametersMissingFromOptimizer(Rule):
    """A module of the program takes part in the loss, and its parameters were given to no optimizer.

    An encoder beside a decoder, a head, a criterion with weights of its own (centres, ArcFace), a layer that was added
    after the optimizer was built. What is frozen, loaded, in evaluation mode, updated by hand or by code that is not
    followed, called a teacher or a target, or comes from a model zoo (feature extraction) is not accused.
    """

    code = "TCK302"
    name = "parameters-missing-from-optimizer"
    level = Level.ERROR
    why = "Gradients are computed for these parameters and never used: they stay as they were initialised."
    help = "Give the optimizer all parameters that should learn, or freeze the others with `requires_grad_(False)`."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 3), nn.Linear(3, 8)
optimizer = torch.optim.Adam(decoder.parameters(), lr=0.01)
x = torch.randn(32, 8)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(decoder(encoder(x)), x)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn


class CenterLoss(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        self.centers = nn.Parameter(torch.randn(classes, width))

    def forward(self, features, labels):
        return (features - self.centers[labels]).pow(2).sum(1).mean()


torch.manual_seed(0)
model = nn.Linear(4, 3)
center_loss = CenterLoss(3, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(32, 4), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    output = model(x)
    loss = nn.functional.cross_entropy(output, y) + 0.1 * center_loss(output, y)
    loss.backward()
    optimizer.step()
""",
    )
    good = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
encoder, decoder = nn.Linear(8, 3), nn.Linear(3, 8)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.01)
x = torch.randn(32, 8)
for _ in range(5):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(decoder(encoder(x)), x)
    loss.backward()
    optimizer.step()
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
backbone, head = nn.Linear(8, 4), nn.Linear(4, 3)
backbone.requires_grad_(False)
optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
x, y = torch.randn(32, 8), torch.randint(0, 3, (32,))
for _ in range(5):
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(backbone(x)), y).backward()
    optimizer.step()
""",
    )

    def unowned(self, fact: OptimizerUsed) -> Iterable[Found]:
        missing = [part.name for part in fact.unowned if part.lost is Lost.MISSING]
        if missing:
            names = " and ".join(f"`{name}`" for name in missing)
            verb = "takes" if len(missing) == 1 else "take"
            yield Found(
                message=f"{names} {verb} part in the loss, but no optimizer has the parameters.",
                at=fact.place,
                help=f"Give `{fact.name}` the parameters of {names} too, or freeze them with `requires_grad_(False)`.",
            )
        for part in fact.unowned:
            if part.lost is Lost.ADDED:
                yield Found(
                    message=f"`{part.name}` is added after `{fact.name}` was built, which doesn't have its parameters.",
                    at=part.place or fact.place,
                    help=f"Build `{fact.name}` after the model is complete, or use `{fact.name}.add_param_group`.",
                )

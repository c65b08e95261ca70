"""TCK704: the best weights are kept by reference."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.checkpoint import StateKept
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class BestStateNotCopied(Rule):
    """A `state_dict` is kept for later, and the training goes on: what was kept changes with the model.

    `state_dict()` gives the weights themselves; a new dictionary around them, as `.copy()` makes it, still holds the
    same tensors. A state that is deep-copied, saved to disk at once, or loaded at once into another model is right and
    not accused.
    """

    code = "TCK704"
    name = "best-state-not-copied"
    level = Level.ERROR
    why = "A state dict refers to the live weights: when it is used, the best weights are those of the last step."
    help = "Keep a copy: `copy.deepcopy(model.state_dict())`, or save it to a file at once."
    bad = (
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
best_loss, best_state = float("inf"), None
for epoch in range(20):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if loss.item() < best_loss:
        best_loss = loss.item()
        best_state = model.state_dict()
model.load_state_dict(best_state)
""",
        """\
import torch
from torch import nn


class EarlyStopping:
    def __init__(self):
        self.best_loss = float("inf")
        self.best_weights = None

    def step(self, loss, model):
        if loss < self.best_loss:
            self.best_loss = loss
            self.best_weights = model.state_dict()


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
stopping = EarlyStopping()
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(20):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    stopping.step(loss.item(), model)
model.load_state_dict(stopping.best_weights)
""",
    )
    good = (
        """\
import copy
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
best_loss, best_state = float("inf"), None
for epoch in range(20):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if loss.item() < best_loss:
        best_loss = loss.item()
        best_state = copy.deepcopy(model.state_dict())
model.load_state_dict(best_state)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
policy, target = nn.Linear(4, 1), nn.Linear(4, 1)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for step in range(20):
    optimizer.zero_grad()
    nn.functional.mse_loss(policy(x), y).backward()
    optimizer.step()
    if step % 5 == 0:
        best = policy.state_dict()
        target.load_state_dict(best)  # loading copies
""",
    )

    def state_kept(self, fact: StateKept) -> Iterable[Found]:
        yield Found(
            message=f"`{fact.name}` refers to the weights of `{fact.model}`, which go on changing: it is no copy.",
            at=fact.place,
            fix=fact.copy,
        )

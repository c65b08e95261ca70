"""Functions that are too much work to follow are left out, and what calls them is judged all the same."""

from __future__ import annotations

import pytest

from tests.lint.linting import codes

HEAVY = """\
import torch
from torch import nn

def small(a, b):
    c = a.get(b)
    d = c.other(a)
    return d.more(c)

def heavy(model, config):
{steps}
    return model

class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = nn.Linear(4, 3)
        heavy(self, config)

    def forward(self, x):
        return torch.softmax(self.fc(x), 1)
""".format(steps="\n".join(f"    v{n} = small(config.part{n}, small(model.part{n}, config))" for n in range(1500)))


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        pytest.param(
            """
class Trainer:
    def __init__(self, config):
        self.model = Net(config)
        self.criterion = nn.CrossEntropyLoss()

    def loss(self, x, y):
        return self.criterion(self.model(x), y)

    def twice(self, x, y):
        return 2 * self.criterion(self.model(x), y)
""",
            ["TCK101", "TCK101"],
            id="what its callers do beside it is seen",
        ),
        pytest.param(
            """
def train(config, x, y, optimizer):
    model = nn.Linear(4, 3)
    for step in range(10):
        heavy(model, config)
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
""",
            [],
            id="it may clear the gradients",
        ),
        pytest.param(
            """
def run(config, loader, x, y, optimizer):
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3))
    model.train()
    for step in range(10):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    heavy(model, config)
    with torch.no_grad():
        for x, y in loader:
            print((model(x).argmax(1) == y).sum())
""",
            [],
            id="it may set the mode",
        ),
    ],
)
def test_heavy(rest: str, expected: list[str]) -> None:
    assert codes(HEAVY + rest) == expected

"""TCK505: evaluation with dropout or batch norm in training mode."""

from __future__ import annotations

from collections.abc import Iterable

from torchcheck.facts.passes import Pass, Purpose
from torchcheck.finding import Level
from torchcheck.rules.base import Found, Rule


class MissingEval(Rule):
    """A model with dropout or batch norm is evaluated, and nothing has put it in evaluation mode.

    `no_grad` switches off the recording of gradients and nothing else. A model without such layers gives the same
    in both modes and is not accused; nor is dropout kept on for an estimate of uncertainty (Monte-Carlo dropout), a
    pass that renews batch-norm statistics, or a model whose mode somebody may have set who can't be seen.
    """

    code = "TCK505"
    name = "missing-eval"
    level = Level.WARNING
    why = (
        "In training mode dropout makes the results random and batch norm uses, and learns from, the statistics of "
        "the evaluation batches: the metric is not that of the trained model."
    )
    help = "Call `model.eval()` before the evaluation, and `model.train()` before the training goes on."
    bad = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(64, 8), torch.randint(0, 3, (64,))
train_loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
val_loader = DataLoader(TensorDataset(x, y), batch_size=16)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        optimizer.step()
    correct = 0
    with torch.no_grad():
        for xb, yb in val_loader:
            correct += (model(xb).argmax(dim=1) == yb).sum().item()
    print(correct / 64)
""",
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(8, 16)
        self.norm = nn.BatchNorm1d(16)
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.body(x))))


@torch.no_grad()
def evaluate(model, loader):
    total = 0.0
    for x, y in loader:
        total += nn.functional.mse_loss(model(x), y).item()
    return total / len(loader)


torch.manual_seed(0)
x, y = torch.randn(64, 8), torch.randn(64, 1)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(xb), yb).backward()
        optimizer.step()
    print(evaluate(model, loader))
""",
    )
    good = (
        """\
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(64, 8), torch.randint(0, 3, (64,))
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(xb).argmax(dim=1) == yb).sum().item() for xb, yb in loader)
    print(correct / 64)
""",
        """\
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))  # the same in both modes
x, y = torch.randn(64, 8), torch.randn(64, 1)
x_test, y_test = torch.randn(16, 8), torch.randn(16, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
    with torch.no_grad():
        print(nn.functional.mse_loss(model(x_test), y_test).item())
""",
    )

    def modes(self, fact: Pass) -> Iterable[Found]:
        if fact.purpose is not Purpose.EVALUATION or fact.training is not True or not fact.noisy:
            return
        yield Found(
            message=f"`{fact.model}` is evaluated in training mode: its {' and '.join(fact.noisy)} stays switched on.",
            at=fact.place,
        )

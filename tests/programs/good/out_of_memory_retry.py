"""Right: a training step in try/except with a retry on halves, cleared before each attempt; a no_sync context."""
import contextlib

import torch
from torch import nn


def attempt(model, criterion, x, y, optimizer, limit=40):
    optimizer.zero_grad()
    try:
        if len(x) > limit:
            raise RuntimeError("out of memory")
        loss = criterion(model(x), y)
        loss.backward()
    except RuntimeError:
        optimizer.zero_grad()
        loss = 0.0
        halves = list(zip(x.chunk(2), y.chunk(2)))
        for i, (xb, yb) in enumerate(halves):
            with contextlib.nullcontext() if i else contextlib.ExitStack():
                part = criterion(model(xb), yb) * len(xb) / len(x)
                part.backward()
                loss = loss + part.detach()
    optimizer.step()
    return float(loss)


torch.manual_seed(0)
x = torch.randn(300, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(30):
    rows = torch.randperm(300)[: 30 if step % 3 else 60]
    loss = attempt(model, nn.CrossEntropyLoss(), x[rows], y[rows], optimizer)
print(loss)

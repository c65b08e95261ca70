"""Right: nanoGPT style inner loop over micro-steps, plus a step for the remainder of the epoch."""
import torch
from torch import nn


def micro_batches(x, y, size):
    order = torch.randperm(len(x))
    return [(x[i], y[i]) for i in order.split(size)]


def train(model, optimizer, x, y, accumulate, epochs):
    criterion = nn.MSELoss()
    for _ in range(epochs):
        batches = micro_batches(x, y, 10)
        pending = 0
        for xb, yb in batches:
            (criterion(model(xb), yb) / accumulate).backward()
            pending += 1
            if pending == accumulate:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                pending = 0
        if pending:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
    with torch.no_grad():
        return criterion(model(x), y).item()


torch.manual_seed(0)
x = torch.randn(110, 6)
y = x[:, :1] - x[:, 1:2]
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
print(train(model, torch.optim.Adam(model.parameters(), lr=5e-3), x, y, 3, 5))

"""Right: a learning-rate range test sweeps from 1e-7 to 1 on purpose, then the weights are put back."""
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
x = torch.randn(200, 6)
y = x[:, :3].argmax(1)


def find_lr(model, start=1e-7, end=1.0, steps=40):
    saved = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.SGD(model.parameters(), lr=start)
    factor = (end / start) ** (1 / steps)
    history = []
    for _ in range(steps):
        rows = torch.randint(0, 200, (40,))
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        history.append((optimizer.param_groups[0]["lr"], loss.item()))
        optimizer.param_groups[0]["lr"] *= factor
    model.load_state_dict(saved)
    return min(history, key=lambda pair: pair[1])[0] / 10


lr = find_lr(model)
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
for epoch in range(4):
    for rows in torch.randperm(200).split(40):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
print(lr, loss.item())

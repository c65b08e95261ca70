import functools

import torch
from torch import nn
from torch.optim.adam import Adam

OPTIMIZER = functools.partial(Adam, lr=5e-3, weight_decay=1e-3)

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 15), nn.ReLU(), nn.Linear(15, 3))
optimizer = OPTIMIZER(model.parameters())  # expect: TCK301
x = torch.randn(90, 5)
y = x[:, :3].argmax(1)
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
print(loss.item())

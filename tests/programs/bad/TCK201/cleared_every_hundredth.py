# zero_grad stands beside the logging, in its `if`
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=5e-4)
criterion = nn.SmoothL1Loss()
for it in range(60):
    x = torch.randn(32, 8)
    loss = criterion(model(x), x[:, :1])
    loss.backward()  # expect: TCK201
    optimizer.step()
    if it % 20 == 0:
        print(it, loss.item())
        optimizer.zero_grad()

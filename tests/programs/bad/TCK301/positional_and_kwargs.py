# the fifth positional argument of Adam is weight_decay
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(7, 1)
solver = torch.optim.Adam(model.parameters(), 1e-2, (0.9, 0.99), 1e-8, 0.01)  # expect: TCK301
x = torch.randn(70, 7)
y = x.sum(1, keepdim=True)
for _ in range(20):
    solver.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    solver.step()
print(nn.functional.mse_loss(model(x), y).item())

"""Right: `p.grad = None` for every parameter is what zero_grad does."""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 20), nn.SiLU(), nn.Linear(20, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
x = torch.randn(120, 5)
y = x.pow(2).sum(1, keepdim=True) / 5
for step in range(40):
    rows = torch.randint(0, 120, (30,))
    for p in model.parameters():
        p.grad = None
    loss = nn.functional.mse_loss(model(x[rows]), y[rows])
    loss.backward()
    optimizer.step()
print(loss.item())

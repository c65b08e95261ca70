# expect: TCK607 anywhere
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(12):
    x = torch.randn(8, 6)
    y = x[:, :4]
    observed = torch.rand(8, 4) < (0.5 if step != 6 else 0.0)
    errors = (model(x) - y).pow(2)
    loss = errors[observed].mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())

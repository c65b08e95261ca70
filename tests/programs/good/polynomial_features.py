"""Right: polynomial features up to the fifth power of values in [-1, 1]; regression with (N, 1) on both sides."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.linspace(-1, 1, 200).unsqueeze(1)
features = torch.cat([x**k for k in range(1, 6)], dim=1)
target = 0.5 * x**3 - x + 0.1
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for step in range(100):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(features), target)
    loss.backward()
    optimizer.step()
print(loss.item())

"""Right: SIREN: sine layers with w0 = 30 and weights drawn accordingly small; learning rate 1e-4 as in the paper."""
import math

import torch
from torch import nn


class Sine(nn.Module):
    def __init__(self, cin, cout, first=False, w0=30.0):
        super().__init__()
        self.linear, self.w0 = nn.Linear(cin, cout), w0
        bound = 1 / cin if first else math.sqrt(6 / cin) / w0
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.w0 * self.linear(x))


torch.manual_seed(0)
net = nn.Sequential(Sine(2, 48, first=True), Sine(48, 48), Sine(48, 48), nn.Linear(48, 1))
with torch.no_grad():
    net[-1].weight.uniform_(-math.sqrt(6 / 48) / 30, math.sqrt(6 / 48) / 30)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
axis = torch.linspace(-1, 1, 16)
coords = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).view(-1, 2)
image = torch.sin(3 * coords[:, :1]) * torch.cos(2 * coords[:, 1:])
for step in range(60):
    loss = ((net(coords) - image) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())

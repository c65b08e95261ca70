"""Right: ReZero gains start at 0 and layer scale at 1e-4: huge relative updates at first are how they work."""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim, layer_scale):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
        self.gain = nn.Parameter(torch.full((dim,), layer_scale))

    def forward(self, x):
        return x + self.gain * self.body(x)


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), Block(24, 0.0), Block(24, 1e-4), Block(24, 0.0), nn.Linear(24, 3))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
x = torch.randn(200, 8)
y = x[:, :3].argmax(1)
for step in range(80):
    rows = torch.randint(0, 200, (50,))
    loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())

"""Right: logits are capped smoothly, 30 * tanh(x / 30), or cosines scaled by 16: bounded, but wide enough."""
import torch
import torch.nn.functional as F
from torch import nn


class Capped(nn.Module):
    def __init__(self, cap=30.0):
        super().__init__()
        self.cap = cap
        self.body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))

    def forward(self, x):
        logits = self.body(x)
        return self.cap * torch.tanh(logits / self.cap)


class CosineHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 8) / 3)

    def forward(self, x):
        return F.linear(F.normalize(x), F.normalize(self.weight)) * 16.0


torch.manual_seed(0)
x = torch.randn(200, 8)
y = x[:, :4].argmax(1)
for model in (Capped(), CosineHead()):
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step in range(80):
        rows = torch.randint(0, 200, (50,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())

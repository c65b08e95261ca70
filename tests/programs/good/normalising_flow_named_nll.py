"""Right: functions called nll_loss and cross_entropy of one's own: a flow's log-likelihood and a codebook's entropy."""
import math

import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 2))

    def forward(self, x):
        a, b = x.chunk(2, dim=1)
        s, t = self.net(a).chunk(2, dim=1)
        s = torch.tanh(s)
        return torch.cat([b * s.exp() + t, a], dim=1), s.squeeze(1)


def nll_loss(z, log_det):
    return (0.5 * z.pow(2).sum(1) + math.log(2 * math.pi) - log_det).mean()


def cross_entropy(p, q):
    return -(p * q.clamp_min(1e-8).log()).sum()


torch.manual_seed(0)
flow = nn.ModuleList(Coupling() for _ in range(4))
usage = nn.Parameter(torch.zeros(5))
optimizer = torch.optim.Adam([*flow.parameters(), usage], lr=3e-3)
for step in range(40):
    z = torch.randn(128, 2) * torch.tensor([0.5, 1.5]) + 0.5
    log_det = torch.zeros(128)
    for layer in flow:
        z, ld = layer(z)
        log_det = log_det + ld
    loss = nll_loss(z, log_det) + 0.1 * cross_entropy(torch.full((5,), 0.2), torch.softmax(usage, 0))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())

"""Right: incomes, timestamps and counts enter in raw units; forward takes logs, phases, ratios or a norm first."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class LogNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(2, 16), nn.Linear(16, 2)

    def forward(self, money):
        return self.fc2(F.relu(self.fc1(torch.log1p(money) / 10)))


class PhaseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))

    def forward(self, seconds):
        phase = (seconds % 86400) / 86400 * 2 * math.pi
        return self.fc(torch.stack([phase.sin(), phase.cos()], dim=1).float())


class Normed(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        return self.fc((x - self.mean) / self.std)


torch.manual_seed(0)
money = torch.rand(160, 2) * 2e5
seconds = torch.randint(0, 10**9, (160,), dtype=torch.int64)
counts = torch.randint(0, 5000, (160, 3)).float()
first = nn.Sequential(nn.LayerNorm(3), nn.Linear(3, 2))
nets = [
    (LogNet(), money, (money[:, 0] > 1e5).long()),
    (PhaseNet(), seconds, (seconds % 86400 > 43200).long()),
    (Normed(counts.mean(0), counts.std(0)), counts, (counts[:, 0] > counts[:, 1]).long()),
    (first, counts, (counts[:, 0] > counts[:, 1]).long()),
]
for net, x, y in nets:
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for step in range(20):
        rows = torch.randint(0, 160, (40,))
        loss = F.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())

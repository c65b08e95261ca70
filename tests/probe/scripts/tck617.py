"""Runs of constant-prediction."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def learn(net, optimizer, make, loss=F.mse_loss):
    for step in range(60):
        x, y = make()
        optimizer.zero_grad()
        loss(net(x), y).backward()  # <-
        optimizer.step()

def table():
    x = torch.randn(32, 6)
    return x, x[:, :1].sin()
"""

BAD = {
    "all units are dead": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 1))
with torch.no_grad():
    net[0].bias -= 50
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "a scale that is zero and frozen": _HEAD
    + """\
class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 8).requires_grad_(False), nn.Linear(8, 1)
        self.register_buffer("scale", torch.zeros(8))

    def forward(self, x):
        return self.head(torch.tanh(self.body(x)) * self.scale)

net = Scaled()
learn(net, torch.optim.Adam(net.head.parameters(), lr=1e-3), table)
""",
    "a pooled mask that wipes out everything": """\
import torch
from torch import nn

class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Embedding(20, 8), nn.Linear(8, 3)

    def forward(self, ids):
        mask = (ids >= 20).float()[..., None]
        return self.head((self.embed(ids) * mask).sum(1) / mask.sum(1).clamp(min=1))

net = Pooled()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(60):
    ids = torch.randint(0, 20, (16, 5))
    loss = nn.functional.cross_entropy(net(ids), ids[:, 0] % 3)  # <-
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "the first sample's features for all": """\
import torch
from torch import nn

class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv1d(2, 4, 3), nn.Linear(24, 2)

    def forward(self, x):
        hidden = torch.tanh(self.conv(x)).flatten(1)
        return self.head(hidden[0].expand(len(x), -1))

net = Conv()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for _ in range(60):
    x = torch.randn(16, 2, 8)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0, 0] > 0).long())  # <-
    opt.zero_grad()
    loss.backward()
    opt.step()
""",
}

GOOD = {
    "fresh": _HEAD
    + "net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)\n",
    "the last layer starts at zero": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
nn.init.zeros_(net[2].weight)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
    "inputs that are all alike": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 1))
row = torch.randn(1, 6).expand(32, 6)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), lambda: (row, torch.randn(32, 1)))
""",
    "outputs that differ little": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
with torch.no_grad():
    net[2].weight *= 1e-3
    net[2].bias.fill_(5.0)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-5), lambda: (table()[0], 5 + table()[1]))
""",
}
GOOD = {name: text.replace("  # <-", "") for name, text in GOOD.items()}

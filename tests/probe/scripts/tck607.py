"""Runs of non-finite: what a model makes of data that are finite, ahead of its first weights."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

class Log(nn.Module):
    def forward(self, x):
        return torch.log(x)
"""
_LEARN = """\
for step in range(30):
    x = torch.rand(16, 6) + 0.1
    if step % 7 == 2:
        x[3, 4] = 0.0
    loss = F.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()  # <-
    optimizer.step()
"""

BAD = {
    "a layer without weights, first": _HEAD
    + "model = nn.Sequential(Log(), nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))\n"
    + "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)\n"
    + _LEARN,
    "in the forward of the model": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(6, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.last(torch.tanh(self.first((x - 0.05).sqrt())))

model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
"""
    + _LEARN,
    "a normalisation of each sample": """\
import torch
import torch.nn.functional as F
from torch import nn

class Standardise(nn.Module):
    def forward(self, x):
        return (x - x.mean((1, 2, 3), keepdim=True)) / x.std((1, 2, 3), keepdim=True)

model = nn.Sequential(Standardise(), nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
for step in range(12):
    images = torch.rand(8, 1, 8, 8)
    images[step % 8] = 0.5
    loss = F.cross_entropy(model(images), torch.randint(0, 3, (8,)))
    optimizer.zero_grad()
    loss.backward()  # <-
    optimizer.step()
""",
    "a mask that leaves nothing, pooled": """\
import torch
import torch.nn.functional as F
from torch import nn

class Pool(nn.Module):
    def forward(self, x, mask):
        return (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool, self.head = Pool(), nn.Linear(5, 2)

    def forward(self, x, mask):
        return self.head(self.pool(x, mask))

net = Net()
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for step in range(12):
    x, mask = torch.randn(8, 4, 5), torch.rand(8, 4).gt(0.1).float()
    if step == 3:
        mask[5] = 0
    opt.zero_grad()
    F.cross_entropy(net(x, mask), torch.randint(0, 2, (8,))).backward()  # <-
    opt.step()
""",
}

GOOD = {
    "guarded": _HEAD
    + "model = nn.Sequential(nn.Threshold(0.01, 0.01), Log(), nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))\n"
    + "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)\n"
    + _LEARN.replace("  # <-", ""),
    "the broken values are replaced": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.log, self.body = Log(), nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        return self.body(torch.where(x > 0, self.log(x), -5.0))

model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
"""
    + _LEARN.replace("  # <-", ""),
    "a mask of minus infinity": """\
import torch
import torch.nn.functional as F
from torch import nn

policy = nn.Linear(4, 3)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.01)
legal = torch.tensor([True, True, False])
for _ in range(12):
    logits = policy(torch.randn(16, 4)).masked_fill(~legal, float("-inf"))
    loss = F.cross_entropy(logits, torch.randint(0, 2, (16,)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "an infinite distance that is never the least": """\
import torch
import torch.nn.functional as F
from torch import nn

net = nn.Linear(4, 8)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(12):
    h = net(torch.randn(16, 4))
    away = (h[:, None] - h[None]).square().sum(-1) + torch.zeros(16, 16).fill_diagonal_(float("inf"))
    loss = F.relu(1 - away.min(1).values).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
}

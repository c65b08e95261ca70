"""Runs of saturated-activation."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def learn(net, optimizer, make, loss=F.mse_loss, steps=60):
    for step in range(steps):
        x, y = make()
        optimizer.zero_grad()
        loss(net(x), y).backward()  # <-
        optimizer.step()

def table():
    x = torch.randn(32, 16)
    return x, x[:, :1].sin()
"""
_PLAIN = _HEAD.replace("  # <-", "")

BAD = {
    "initial weights of deviation one": _HEAD
    + """\
net = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
nn.init.normal_(net[2].weight, std=3.0)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
    "inputs in other units": _HEAD
    + """\
net = nn.Sequential(nn.Linear(16, 32), nn.Sigmoid(), nn.Dropout(0.1), nn.Linear(32, 1))
def far():
    x = torch.randn(32, 16) * 18 + 30
    return x, (x[:, :1] - 30) / 18
with torch.no_grad():
    net[0].weight.abs_()
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), far)
""",
    "functions in a class": _PLAIN
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(16, 32), nn.Linear(32, 32), nn.Linear(32, 1)
        nn.init.constant_(self.two.bias, -7.0)
    def forward(self, x):
        x = F.relu(self.one(x))
        x = torch.sigmoid(self.two(x))  # <-
        return self.out(x)
net = Net()
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "convolutions": _HEAD
    + """\
net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(72, 2))
nn.init.normal_(net[0].weight, std=4.0)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), lambda: (torch.randn(16, 1, 8, 8), torch.randint(0, 2, (16,))), F.cross_entropy)
""",
    "a recurrence by hand": _PLAIN
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.hidden, self.out = nn.Linear(4, 24), nn.Linear(24, 24), nn.Linear(24, 1)
        nn.init.normal_(self.inp.weight, std=6.0)
    def forward(self, x):
        h = x.new_zeros(len(x), 24)
        for t in range(x.shape[1]):
            h = torch.tanh(self.inp(x[:, t]) + self.hidden(h))
        return self.out(h)
net = Net()
def series():
    x = torch.randn(16, 6, 4)
    return x, x[:, -1, :1]
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), series)
""",
}
BAD["a recurrence by hand"] = BAD["a recurrence by hand"].replace(
    "torch.tanh(self.inp(x[:, t]) + self.hidden(h))", "torch.tanh(self.inp(x[:, t]) + self.hidden(h))  # <-"
)

GOOD = {
    "fresh": _PLAIN
    + """\
net = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 32), nn.Sigmoid(), nn.Linear(32, 1))
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
    "a classifier that is sure": _PLAIN
    + """\
net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
learn(net, torch.optim.Adam(net.parameters(), lr=0.03), lambda: (lambda x: (x, (x[:, :1] > 0).float()))(torch.randn(32, 16)), F.binary_cross_entropy)
""",
    "gates of a cell by hand": _PLAIN
    + """\
class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.x, self.h, self.out = nn.Linear(4, 64), nn.Linear(16, 64), nn.Linear(16, 1)
        with torch.no_grad():
            self.x.bias[16:32] = 8.0  # forget nothing at first
    def forward(self, x):
        h = c = x.new_zeros(len(x), 16)
        for t in range(x.shape[1]):
            i, f, g, o = (self.x(x[:, t]) + self.h(h)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return self.out(h)
net = Cell()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), lambda: (lambda x: (x, x[:, 0, :1]))(torch.randn(16, 6, 4)))
""",
    "squeeze and excite": _PLAIN
    + """\
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.gate, self.out = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 8, 1), nn.Linear(8, 1)
        nn.init.constant_(self.gate.bias, 9.0)
    def forward(self, x):
        x = F.relu(self.conv(x))
        x = x * torch.sigmoid(self.gate(x.mean((2, 3), keepdim=True)))
        return self.out(x.mean((2, 3)))
net = Block()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), lambda: (torch.randn(16, 1, 6, 6), torch.randn(16, 1)))
""",
    "pictures of black and white from a generator": _PLAIN
    + """\
generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64), nn.Tanh())
nn.init.constant_(generator[2].bias, -5.0)  # mostly background
critic = nn.Sequential(nn.Linear(64, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g, d = (torch.optim.Adam(m.parameters(), lr=2e-4) for m in (generator, critic))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
for step in range(60):
    fake = generator(torch.randn(16, 4))
    loss = bce(critic(-torch.ones(16, 64) + 0.1 * torch.randn(16, 64)), ones) + bce(critic(fake.detach()), zeros)
    d.zero_grad()
    loss.backward()
    d.step()
    loss = bce(critic(fake), ones)
    g.zero_grad()
    loss.backward()
    g.step()
""",
    "features that are fixed": _PLAIN
    + """\
class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.fixed, self.out = nn.Linear(16, 64).requires_grad_(False), nn.Linear(64, 1)
        nn.init.normal_(self.fixed.weight, std=5.0)
    def forward(self, x):
        return self.out(torch.tanh(self.fixed(x)))
net = Features()
learn(net, torch.optim.Adam(net.out.parameters(), lr=1e-2), table)
""",
    "checkpointed": _PLAIN
    + """\
from torch.utils.checkpoint import checkpoint
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.out = nn.Sequential(nn.Linear(16, 32), nn.BatchNorm1d(32), nn.Tanh(), nn.Linear(32, 32)), nn.Linear(32, 1)
    def forward(self, x):
        return self.out(torch.tanh(checkpoint(self.body, x, use_reentrant=False)))
net = Net()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
}

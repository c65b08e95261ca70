"""Runs of exploding-gradient."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def learn(net, optimizer, make, steps=40, clip=None, loss_of=F.cross_entropy):
    for step in range(steps):
        x, y = make()
        loss = loss_of(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimizer.step()  # <-

def table():
    x = torch.randn(32, 8)
    return x, x.sum(1, keepdim=True)

def series(length=50):
    x = torch.randn(16, length, 8)
    return x, x[:, 0, :3].argmax(1)

class Recurrent(nn.Module):
    def __init__(self, gain):
        super().__init__()
        self.rnn, self.out = nn.RNN(8, 32, batch_first=True), nn.Linear(32, 3)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=gain)
    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])

class Cell(nn.Module):
    def __init__(self, std):
        super().__init__()
        self.inp, self.hidden, self.out = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 3)
        nn.init.normal_(self.hidden.weight, std=std)
    def forward(self, x):
        h = x.new_zeros(len(x), 32)
        for t in range(x.shape[1]):
            h = torch.tanh(self.inp(x[:, t]) + self.hidden(h))
        return self.out(h)
"""

BAD = {
    "a recurrent layer with weights that are too large": _HEAD
    + "net = Recurrent(3.0)\nlearn(net, torch.optim.SGD(net.parameters(), lr=1e-3), series)  # also: TCK606\n",
    "a recurrence by hand": _HEAD
    + "net = Cell(0.6)\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9), series)  # also: TCK606\n",
    "a recurrence by hand, with Adam": _HEAD
    + "net = Cell(0.6)\nlearn(net, torch.optim.Adam(net.parameters(), lr=1e-3), series)\n",
    "an iteration that is unrolled": _HEAD
    + """\
class Iterated(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.step, self.decode = nn.Linear(8, 32), nn.Linear(32, 32), nn.Linear(32, 3)
        nn.init.orthogonal_(self.step.weight, gain=2.5)
    def forward(self, x):
        z = self.encode(x[:, 0])
        for _ in range(22):
            z = torch.sin(self.step(z))
        return self.decode(z)
net = Iterated()
learn(net, torch.optim.SGD(net.parameters(), lr=1e-6), series)
""",
    "the sign of the loss is wrong": _HEAD
    + """\
net = nn.Linear(8, 1)
learn(net, torch.optim.SGD(net.parameters(), lr=0.1), table, 80, loss_of=lambda a, b: -F.mse_loss(a, b))  # also: TCK609
""",
    "spikes that come again and again": _HEAD.replace("  # <-", "")
    + """\
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-9)
for step in range(120):
    x = torch.randn(32, 8)
    y = x.sum(1, keepdim=True)
    if step % 30 == 10 or step in (6, 8):
        y = y * 1e6  # rows whose target was never converted
    loss = F.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # <-
""",
}

GOOD = {
    "clipped": _HEAD
    + "net = Recurrent(1.5)\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.01), series, clip=1.0)\n",
    "clipped by value": _HEAD
    + """\
net = Cell(0.4)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(40):
    x, y = series(30)
    loss = F.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), 0.5)
    optimizer.step()
""",
    "orthogonal": _HEAD + "net = Recurrent(1.0)\nlearn(net, torch.optim.Adam(net.parameters(), lr=1e-3), series)\n",
    "large targets": _HEAD
    + """\
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), lambda: (lambda x: (x, 1e4 * x.sum(1, keepdim=True)))(torch.randn(32, 8)), 60, loss_of=F.mse_loss)
""",
    "scaled by a GradScaler": _HEAD
    + """\
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24, growth_interval=5)
for step in range(60):
    x = torch.randn(32, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = F.cross_entropy(net(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
""",
    "one outlier": _HEAD
    + """\
net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=1e-8)
for step in range(200):
    x, y = table()
    loss = F.mse_loss(net(x), y * (1e4 if step == 30 else 1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
    "a head that starts at zero": _HEAD
    + """\
net = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
nn.init.zeros_(net[4].weight)
learn(net, torch.optim.SGD(net.parameters(), lr=1e-3), lambda: (lambda x: (x, 0 * x[:, :1] + torch.randn(32, 1)))(torch.randn(32, 8)), 60, loss_of=F.mse_loss)
""",
    "two players": _HEAD
    + """\
g = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 8))
d = nn.Sequential(nn.Linear(8, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
g_optimizer, d_optimizer = (torch.optim.Adam(m.parameters(), lr=2e-4, betas=(0.5, 0.999)) for m in (g, d))
bce = nn.BCEWithLogitsLoss()
ones, zeros = torch.ones(32, 1), torch.zeros(32, 1)
for step in range(80):
    fake = g(torch.randn(32, 4))
    d_loss = bce(d(torch.randn(32, 8) + 2), ones) + bce(d(fake.detach()), zeros)
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
    g_loss = bce(d(fake), ones)
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
""",
}
GOOD = {name: text.replace("  # <-", "") for name, text in GOOD.items()}

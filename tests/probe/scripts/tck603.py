"""Runs of vanishing-gradient."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn

def learn(net, optimizer, make, steps=60):
    for step in range(steps):
        x, y = make()
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()  # <-

def table():
    x = torch.randn(32, 16)
    return x, x[:, :3].argmax(1)

def images():
    x = torch.randn(16, 1, 8, 8)
    return x, (x.mean((1, 2, 3)) > 0).long()

def stack(act, depth=6, width=16):
    layers = []
    for _ in range(depth):
        layers += [nn.Linear(width, width), act()]
    return nn.Sequential(*layers, nn.Linear(width, 3))
"""

BAD = {
    "six sigmoids": _HEAD + "net = stack(nn.Sigmoid)\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.05), table)\n",
    "sigmoids with momentum, in a class": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp, self.out = nn.Linear(16, 24), nn.Linear(24, 3)
        self.hidden = nn.ModuleList(nn.Linear(24, 24) for _ in range(4))
    def forward(self, x):
        x = torch.sigmoid(self.inp(x))
        for layer in self.hidden:
            x = F.sigmoid(layer(x))
        return self.out(x)
net = Net()
learn(net, torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4), table)
""",
    "tanh with initial weights that are too small": _HEAD
    + """\
net = stack(nn.Tanh, depth=6, width=32)
for layer in net[:-1:2]:
    nn.init.normal_(layer.weight, std=0.03)
def wide():
    x = torch.randn(32, 32)
    return x, x[:, :3].argmax(1)
learn(net, torch.optim.SGD(net.parameters(), lr=0.05), wide)
""",
    "convolutions with sigmoids": _HEAD
    + """\
layers = []
for i in range(5):
    layers += [nn.Conv2d(8 if i else 1, 8, 3, padding=1), nn.Sigmoid()]
net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
learn(net, torch.optim.SGD(net.parameters(), lr=0.05), images)
""",
    "Adam does not help nine sigmoids": _HEAD
    + "net = stack(nn.Sigmoid, depth=8)\nlearn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table, 110)\n",
    "softsign by hand": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self, depth=7):
        super().__init__()
        self.first, self.last = nn.Linear(16, 20), nn.Linear(20, 3)
        self.layers = nn.ModuleList(nn.Linear(20, 20) for _ in range(depth))
        for layer in self.layers:
            nn.init.normal_(layer.weight, std=0.06)
    def forward(self, x):
        x = self.first(x)
        for layer in self.layers:
            x = F.softsign(layer(x))
        return self.last(x)
net = Net()
learn(net, torch.optim.SGD([*net.first.parameters(), *net.layers.parameters(), *net.last.parameters()], lr=0.05), table)
""",
}

GOOD = {
    "two sigmoids train": _HEAD
    + "net = stack(nn.Sigmoid, depth=2)\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.1), table)\n",
    "ReLU with Kaiming": _HEAD
    + """\
net = stack(nn.ReLU, depth=8)
for layer in net[::2]:
    nn.init.kaiming_normal_(layer.weight)
learn(net, torch.optim.SGD(net.parameters(), lr=0.02), table)
""",
    "tanh with Xavier": _HEAD
    + """\
net = stack(nn.Tanh, depth=8)
for layer in net[::2]:
    nn.init.xavier_normal_(layer.weight, gain=5 / 3)
learn(net, torch.optim.SGD(net.parameters(), lr=0.05), table)
""",
    "five sigmoids with Adam": _HEAD
    + "net = stack(nn.Sigmoid, depth=4)\nlearn(net, torch.optim.Adam(net.parameters(), lr=3e-3), table)\n",
    "sigmoids between norms": _HEAD
    + """\
net = nn.Sequential(*(nn.Sequential(nn.Linear(16, 16), nn.BatchNorm1d(16), nn.Sigmoid()) for _ in range(6)), nn.Linear(16, 3))
learn(net, torch.optim.SGD(net.parameters(), lr=0.1), table)
""",
    "residual branches that start at zero": _HEAD
    + """\
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(16), nn.Linear(16, 32), nn.Linear(32, 16)
        nn.init.zeros_(self.down.weight)
    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x))))
net = nn.Sequential(*(Block() for _ in range(6)), nn.Linear(16, 3))
learn(net, torch.optim.SGD(net.parameters(), lr=0.05), table)
""",
    "LoRA beside frozen layers": _HEAD
    + """\
class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(16, 16).requires_grad_(False)
        self.a, self.b = nn.Linear(16, 2, bias=False), nn.Linear(2, 16, bias=False)
        nn.init.zeros_(self.b.weight)
    def forward(self, x):
        return torch.relu(self.base(x) + self.b(self.a(x)))
net = nn.Sequential(*(Adapted() for _ in range(4)), nn.Linear(16, 3))
learn(net, torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-3), table)
""",
    "fine-tuned with rates that fall from layer to layer": _HEAD
    + """\
net = stack(nn.ReLU, depth=4)
groups = [{"params": layer.parameters(), "lr": 1e-3 * 0.1 ** (4 - i)} for i, layer in enumerate(net[::2])]
learn(net, torch.optim.Adam(groups), table)
""",
}
GOOD = {name: text.replace("  # <-", "") for name, text in GOOD.items()}

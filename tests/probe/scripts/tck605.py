"""Runs of dead-units."""

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
    "large negative biases": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    net[0].bias[:25] -= 30
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "channels of a convolution": _HEAD
    + """\
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 2))
with torch.no_grad():
    net[0].bias[:12] = -20.0
learn(net, torch.optim.Adam(net.parameters(), lr=1e-4), lambda: (torch.randn(8, 1, 6, 6), torch.randint(0, 2, (8,))), F.cross_entropy)
""",
    "inputs that are shifted far below zero for most units": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    net[0].weight.copy_(net[0].weight.abs() * torch.where(torch.arange(32) < 24, -1.0, 1.0)[:, None])
def shifted():
    x = torch.rand(32, 6) + 3
    return x, x.mean(1, keepdim=True)
learn(net, torch.optim.Adam(net.parameters(), lr=1e-4), shifted)
""",
    "a function": _HEAD.replace("  # <-", "")
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(6, 32), nn.Linear(32, 1)
        with torch.no_grad():
            self.fc1.bias[:25] -= 30
    def forward(self, x):
        x = F.relu(self.fc1(x))  # <-
        return self.fc2(x)
net = Net()
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "a function of torch after a norm, in place": _HEAD.replace("  # <-", "")
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.Linear(16, 2)
        with torch.no_grad():
            self.norm.bias[:12] = -20.0
    def forward(self, x):
        x = self.conv(x)  # <-
        x = torch.relu_(self.norm(x))
        return self.head(F.max_pool2d(x, 4).flatten(1))
net = Net()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-4), lambda: (torch.randn(8, 1, 6, 6), torch.randint(0, 2, (8,))), F.cross_entropy)
""",
    "a clamp": _HEAD.replace("  # <-", "")
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.drop, self.fc2 = nn.Linear(6, 32), nn.Dropout(0.2), nn.Linear(32, 1)
        nn.init.constant_(self.fc1.bias[:20].data, -30.0)
    def forward(self, x):
        x = self.fc1(x).clamp(min=0)  # <-
        return self.fc2(self.drop(x))
net = Net()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-4), table)
""",
    "a class of its own, in the second layer": """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two, self.out = nn.Linear(6, 16), nn.Linear(16, 16), nn.Linear(16, 1)
        self.act_one, self.act_two = nn.GELU(), nn.ReLU()
        nn.init.constant_(self.two.bias, -5.0)
        nn.init.zeros_(self.two.weight)
        nn.init.ones_(self.two.bias.data[:4])

    def forward(self, x):
        hidden = self.act_one(self.one(x))
        return self.out(self.act_two(self.two(hidden) + 0.01 * hidden))  # <-

net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
for _ in range(60):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(net(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
}

GOOD = {
    "a hinge in the loss": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 16))
def hinge(out, y):
    return F.relu(out.abs() - 5).mean() + (out[:, :1] - y).pow(2).mean()
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table, hinge)
""",
    "experts of which some batches use none": _HEAD
    + """\
class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)) for _ in range(4))
    def forward(self, x):
        return sum((x[:, i : i + 1] > 0.5) * expert(x) for i, expert in enumerate(self.experts))
net = Experts()
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
    "fresh": _HEAD
    + "net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))\nlearn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)\n",
    "some are dead, not most": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    net[0].bias[:8] -= 30
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "few units": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 1))
with torch.no_grad():
    net[2].bias[:3] -= 30
learn(net, torch.optim.SGD(net.parameters(), lr=0.01), table)
""",
    "sparse for each sample, and awake over a batch": _HEAD
    + """\
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    net[0].bias -= 0.5
learn(net, torch.optim.Adam(net.parameters(), lr=1e-3), table)
""",
}
GOOD = {name: text.replace("  # <-", "") for name, text in GOOD.items()}

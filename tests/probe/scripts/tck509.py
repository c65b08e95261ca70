"""Runs of symmetric-initialisation."""

_HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
"""
_LEARN = """\
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(20):
    x = torch.randn(16, 6)
    loss = F.cross_entropy(model(x), x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def _net(*lines: str, first: str = "", forward: str = "self.fc2(torch.tanh(self.fc1(x)))") -> str:
    init = "".join(f"        {line}\n" for line in lines)
    return (
        f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.fc1 = nn.Linear(6, 12){first}\n        self.fc2 = nn.Linear(12, 3)\n{init}"
        f"    def forward(self, x):\n        return {forward}\n"
    )


BAD = {
    "every weight of a perceptron": _net("for p in self.parameters():", "    nn.init.constant_(p, 0.1)", first="  # <-")
    + _LEARN,
    "every weight, in two groups": _net(
        "nn.init.constant_(self.fc1.weight, 0.2)",
        "nn.init.constant_(self.fc1.bias, 0.2)",
        "nn.init.constant_(self.fc2.weight, -0.1)",
        first="  # <-",
    )
    + _LEARN.replace("Adam(model.parameters(), lr=1e-2)", "AdamW([*model.parameters()], lr=1e-2)"),
    "three layers, descent": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 16)  # <-
        self.b = nn.Linear(16, 16)  # <-
        self.c = nn.Linear(16, 3)
        for layer in (self.a, self.b, self.c):
            nn.init.constant_(layer.weight, 0.05)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.c(torch.tanh(self.b(torch.tanh(self.a(x)))))

net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(3):
    for i in range(8):
        x = torch.randn(16, 6)
        opt.zero_grad()
        F.cross_entropy(net(x), x[:, :3].argmax(1)).backward()
        opt.step()
""",
    "filters of a convolution": _HEAD
    + """\
def fill(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        m.weight.data.fill_(0.02)
        m.bias.data.zero_()

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)  # <-
        self.fc = nn.Linear(8 * 36, 2)
        self.apply(fill)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).flatten(1))

class Trainer:
    def __init__(self, net):
        self.net, self.opt = net, torch.optim.RMSprop(net.parameters(), lr=1e-3)

    def step(self, x, y):
        self.opt.zero_grad()
        F.cross_entropy(self.net(x), y).backward()
        self.opt.step()

trainer = Trainer(Net())
for step in range(20):
    trainer.step(torch.rand(8, 1, 8, 8), torch.randint(0, 2, (8,)))
""",
    "two layers of zeros keep the gradient from one another": _net(
        "nn.init.zeros_(self.fc1.weight)",
        "nn.init.zeros_(self.fc2.weight)",
        first="  # <-",
        forward=("self.fc2(torch.tanh(self.fc1(x) - self.fc1.bias))"),
    ).replace("nn.Linear(12, 3)", "nn.Linear(12, 3)  # <-")
    + _LEARN,
}

GOOD = {
    "random": _net("nn.init.xavier_uniform_(self.fc1.weight)", "nn.init.zeros_(self.fc1.bias)") + _LEARN,
    "a last layer of zeros": _net("nn.init.zeros_(self.fc2.weight)", "nn.init.zeros_(self.fc2.bias)") + _LEARN,
    "random weights behind it tell the units apart": _net("nn.init.ones_(self.fc1.weight)") + _LEARN,
    "a linear model": _HEAD
    + "Net = lambda: nn.Linear(6, 3)\n"
    + _LEARN.replace("optimizer =", "nn.init.zeros_(model.weight)\noptimizer =", 1),
    "low-rank adaption": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(6, 3).requires_grad_(False)
        self.down, self.up = nn.Linear(6, 2, bias=False), nn.Linear(2, 3, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))
"""
    + _LEARN,
    "a residual branch that begins at zero": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down, self.head = nn.Linear(6, 12), nn.Linear(12, 6), nn.Linear(6, 3)
        nn.init.zeros_(self.down.weight)

    def forward(self, x):
        return self.head(x + self.down(torch.relu(self.up(x))))
"""
    + _LEARN,
    "dropout tells the units apart": _net(
        "for p in self.parameters():",
        "    nn.init.constant_(p, 0.1)",
        forward="self.fc2(F.dropout(torch.tanh(self.fc1(x)), 0.5, self.training))",
    )
    + _LEARN,
    "positions that begin at zero": _HEAD
    + """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(6, 8))
        self.inp, self.head = nn.Linear(1, 8), nn.Linear(8, 3)

    def forward(self, x):
        return self.head((self.inp(x[..., None]) + self.positions).mean(1))
"""
    + _LEARN,
}
